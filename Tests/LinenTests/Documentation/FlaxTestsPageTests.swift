import Foundation
import Testing

/// `Documentation/FlaxTests.md` says of every test of Flax which test here answers it.
@Suite struct FlaxTestsPageTests {
  private static let root: URL = {
    var url = URL(filePath: #filePath)
    for _ in 0..<4 { url.deleteLastPathComponent() }
    return url
  }()

  /// The names of all functions in the sources below `Tests`.
  private static func testFunctions() throws -> Set<String> {
    var names: Set<String> = []
    let folder = root.appending(path: "Tests")
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    while let file = files?.nextObject() as? URL {
      guard file.pathExtension == "swift" else { continue }
      for match in try String(contentsOf: file, encoding: .utf8).matches(of: /func (\w+)\(/) {
        names.insert(String(match.output.1))
      }
    }
    return names
  }

  private static func text() throws -> String {
    try String(contentsOf: root.appending(path: "Documentation/FlaxTests.md"), encoding: .utf8)
  }

  /// The rows of the page: a test of Flax, and what stands beside it.
  private static func rows() throws -> [(test: String, answer: String)] {
    try text().split(separator: "\n").compactMap { line in
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      guard line.hasPrefix("| "), cells.count == 2, cells[0] != "test" else { return nil }
      return (cells[0], cells[1])
    }
  }

  /// Every test of Flax has an answer, and there are as many rows as the headings say.
  @Test func everyRowIsAnswered() throws {
    for row in try Self.rows() {
      #expect(!row.answer.isEmpty, "\(row.test) has no answer")
    }
    let headings = try Self.text().matches(of: /\n## .*\((\d+)\)/)
    #expect(headings.compactMap { Int($0.output.1) }.reduce(0, +) == (try Self.rows().count))
  }

  @Test func everyNamedTestExists() throws {
    let functions = try Self.testFunctions()
    for row in try Self.rows() {
      for name in row.answer.matches(of: /`(\w+)`/).map(\.output.1)
      where row.answer.hasPrefix("`") {
        #expect(functions.contains(String(name)), "\(row.test): no test is named \(name)")
      }
    }
  }
}
