import FileTrials
import Foundation
import Training

// file-trials train FOLDER [--background]   trains and saves until it is killed
// file-trials malformed FOLDER COUNT        reads COUNT damaged files of each format
// file-trials interchange-write FOLDER      writes files for Python
// file-trials interchange-read FOLDER       reads those that Python wrote

/// The memory that damaged files may take; the files have at most a quarter of a megabyte.
private let memory = 32 << 20

private func run(_ arguments: [String]) throws -> Bool {
  guard arguments.count >= 2 else { return false }
  let folder = arguments[1]
  switch (arguments[0], Array(arguments.dropFirst(2))) {
  case ("train", let rest) where rest.allSatisfy({ $0 == "--background" }):
    let output = FileHandle.standardOutput
    let checkpoints = try Checkpoints(folder, keep: 3)
    try trainForever(checkpoints, inBackground: !rest.isEmpty) { isSaving in
      output.write(Data((isSaving ? "s" : "e").utf8))
    }
  case ("malformed", let rest) where rest.count == 1:
    guard let count = Int(rest[0]) else { return false }
    var trials = MalformedFiles(folder: folder, seed: 2024)
    _ = try trials.runDamaged(count: 1)
    try limitMemory(to: memory)
    for outcome in try trials.runGreedy() + trials.runDamaged(count: count) {
      print("\(outcome.format): \(outcome.refused) refused, \(outcome.read) read")
    }
  case ("interchange-write", []): try Interchange.write(to: folder)
  case ("interchange-read", []): try Interchange.read(from: folder)
  default: return false
  }
  return true
}

do {
  guard try run(Array(CommandLine.arguments.dropFirst())) else {
    print("usage: file-trials train|malformed|interchange-write|interchange-read FOLDER ...")
    exit(2)
  }
} catch {
  FileHandle.standardError.write(Data("file-trials: \(error)\n".utf8))
  exit(1)
}
