import Foundation
import GoldenRunner

/// The arguments: a folder, and optionally a text that kind and id must contain.
private func parse(_ arguments: [String]) -> (folder: String, filter: String?)? {
  var folder: String?
  var filter: String?
  var rest = arguments[...]
  while let argument = rest.popFirst() {
    if argument == "--filter", let text = rest.popFirst() {
      filter = text
    } else if folder == nil, !argument.hasPrefix("-") {
      folder = argument
    } else {
      return nil
    }
  }
  return folder.map { ($0, filter) }
}

guard let (folder, filter) = parse(Array(CommandLine.arguments.dropFirst())) else {
  print("usage: goldens FOLDER [--filter TEXT]")
  exit(2)
}
do {
  let report = try GoldenRunner.run(folder: folder, filter: filter)
  print(report.description)
  exit(report.failures.isEmpty ? 0 : 1)
} catch {
  print("goldens: \(error)")
  exit(2)
}
