import Foundation
import Testing

/// Reads 20,000 damaged files in a process that may not have more than 32 MB for them.
@Suite struct MalformedFilesTests {
  @Test(.timeLimit(.minutes(10)))
  func damagedFilesAreErrorsOrValues() throws {
    let folder = try TemporaryFolder()
    let tool = try FileTrialsTool("malformed", folder.path, "5000")
    let output = String(decoding: tool.rest(), as: UTF8.self)
    tool.process.waitUntilExit()
    #expect(tool.process.terminationReason == .exit)
    #expect(tool.process.terminationStatus == 0)
    for format in ["msgpack", "safetensors", "IDX", "CSV"] {
      #expect(output.contains("\(format): "))
    }
    print(output, terminator: "")
  }
}
