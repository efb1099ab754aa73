import FileTrials
import Foundation
import Linen
import Testing
import Training

/// Kills a training while it saves, again and again; each time the next one goes on from the newest
/// checkpoint, which is the very state of a training that was never stopped.
///
/// 25 kills, or as many as the environment variable `LINEN_KILLS` says.
@Suite struct KillTests {
  private let kills = ProcessInfo.processInfo.environment["LINEN_KILLS"].flatMap { Int($0) } ?? 25

  @Test(.timeLimit(.minutes(10)))
  func resumesBitEqualAfterEveryKill() throws {
    let folder = try TemporaryFolder()
    let checkpoints = try Checkpoints(folder.path, keep: 3)
    var generator = TrialGenerator(seed: UInt64(kills))
    let start = try TrialSession()
    var reference = start
    var killsWhileSaving = 0
    for kill in 1...kills {
      let inBackground = kill % 3 == 0
      let tool =
        inBackground
        ? try FileTrialsTool("train", folder.path, "--background")
        : try FileTrialsTool("train", folder.path)
      #expect(tool.waitForOutput() == Data("s".utf8), "kill \(kill)")
      usleep(.random(in: 0..<30_000, using: &generator))
      #expect(Foundation.kill(tool.process.processIdentifier, SIGKILL) == 0)
      if tool.rest().last == UInt8(ascii: "s") || inBackground { killsWhileSaving += 1 }
      tool.process.waitUntilExit()

      let restored = try checkpoints.restoreIfPresent(start) { error in
        Issue.record("kill \(kill): \(error)")
      }
      guard let restored else { continue }
      while try reference.step < restored.step { try reference.advance() }
      #expect(try toBytes(restored) == toBytes(reference), "kill \(kill)")
    }
    print("\(kills) kills, \(killsWhileSaving) while saving, up to step \(try reference.step)")
    #expect(try reference.step > 0)
    #expect(killsWhileSaving > kills / 4)
  }
}
