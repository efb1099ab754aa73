import Foundation

/// The program beside this one that is killed, or ends if it asks for too much memory.
struct FileTrialsTool {
  let process = Process()
  private let output = Pipe()

  /// Starts the program.
  init(_ arguments: String...) throws {
    let tests = URL(fileURLWithPath: CommandLine.arguments[0])
    process.executableURL = tests.deletingLastPathComponent().appending(path: "file-trials")
    process.arguments = arguments
    process.standardOutput = output
    try process.run()
  }

  /// Waits for the first byte of output.
  func waitForOutput() -> Data { output.fileHandleForReading.readData(ofLength: 1) }

  /// What is written until the program ends.
  func rest() -> Data { output.fileHandleForReading.readDataToEndOfFile() }
}
