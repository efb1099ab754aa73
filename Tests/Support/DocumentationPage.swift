import Foundation

/// A page of the documentation, for tests that compile what it shows.
///
/// Code is compared without indentation and line breaks.
package struct DocumentationPage {
  private let text: String

  /// Reads a page of this package, such as `Documentation/Modules.md`.
  package init(_ path: String) throws { text = try DocumentationPage.contents(path) }

  /// The blocks of Swift.
  package var snippets: [String] {
    text.matches(of: /```swift\n((?s).*?)```/).map { DocumentationPage.flat($0.output.1) }
  }

  /// The code in the last column of the table that begins with this line.
  package func code(inTable header: String) -> [String] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let rows = lines.drop { $0 != header }.dropFirst(2).prefix { $0.hasPrefix("|") }
    return rows.flatMap { row in
      (row.split(separator: "|").last ?? "").matches(of: /`([^`]+)`/).map {
        DocumentationPage.flat($0.output.1)
      }
    }
  }

  /// Those of some pieces of code that stand in none of these files.
  package static func missing(_ code: [String], in files: String...) throws -> [String] {
    let sources = try files.map { flat(try contents($0)[...]) }
    return code.filter { piece in !sources.contains { $0.contains(piece) } }
  }

  private static func contents(_ path: String) throws -> String {
    var root = URL(filePath: #filePath)
    for _ in 0..<3 { root.deleteLastPathComponent() }
    return try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  private static func flat(_ code: Substring) -> String {
    code.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}
