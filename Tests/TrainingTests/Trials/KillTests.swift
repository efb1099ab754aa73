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
    /// How long a save takes here, in microseconds.
    var saveTime = 20_000.0
    for kill in 1...kills {
      let inBackground = kill % 3 == 0
      let tool =
        inBackground
        ? try FileTrialsTool("train", folder.path, "--background")
        : try FileTrialsTool("train", folder.path)
      // One save begins, or more have been done; then a moment within it, or soon after.
      let saves = Int.random(in: 1...3, using: &generator)
      var begun = Date.now
      for event in 1...(inBackground ? saves : 2 * saves - 1) {
        #expect(tool.waitForOutput().count == 1, "kill \(kill)")
        if event % 2 == 0, !inBackground { saveTime = Date.now.timeIntervalSince(begun) * 1e6 }
        begun = .now
      }
      usleep(UInt32(.random(in: 0...1.2, using: &generator) * min(saveTime, 500_000)))
      #expect(Foundation.kill(tool.process.processIdentifier, SIGKILL) == 0)
      if tool.rest().isEmpty || inBackground { killsWhileSaving += 1 }
      tool.process.waitUntilExit()

      let restored = try checkpoints.restoreIfPresent(start) { error in
        Issue.record("kill \(kill): \(error)")
      }
      guard let restored else { continue }
      while try reference.step < restored.step { try reference.advance() }
      #expect(try toBytes(restored) == toBytes(reference), "kill \(kill)")
    }
    print("\(kills) kills, \(killsWhileSaving) while saving, up to step \(try reference.step)")
    #expect(try reference.step >= kills / 2)
    #expect(killsWhileSaving >= kills / 4)
  }
}
