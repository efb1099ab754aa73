import Foundation
import Testing

@testable import Linen

/// The tables that Flax and Rich print, written by Fixtures/generate.py.
struct TableFixture: Decodable, Sendable {
  /// Tables of models, by name.
  let tables: [String: String]
  /// Tables of random texts.
  let layouts: [Layout]

  struct Layout: Decodable, Sendable {
    let style: Style
    let title: String
    let heads: [String]
    let cells: [[String]]
    let feet: [String]
    let caption: String
    let text: String
  }

  struct Style: Decodable, Sendable {
    let width: Int
    let colors: Bool
    let box: String
    let expands: Bool
    let alignment: String
    let overflow: String
    let wraps: Bool
    let min: Int?
    let max: Int?
  }

  static let shared = Result {
    let url = URL(filePath: #filePath).deletingLastPathComponent()
    let data = try Data(contentsOf: url.appending(path: "Fixtures/tables.json"))
    return try JSONDecoder().decode(TableFixture.self, from: data)
  }

  static func table(_ name: String) throws -> String {
    try #require(try shared.get().tables[name], "no table \(name)")
  }
}

/// Checks that a table is Flax's of this name, line by line.
func expectTable(
  _ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let expected = try TableFixture.table(name)
  if text == expected { return }
  let (a, b) = (text.split(separator: "\n"), expected.split(separator: "\n"))
  let differing = zip(a, b).filter { $0 != $1 }.map { "\($0)\nexpected\n\($1)" }
  Issue.record(
    "\(name): \(a.count) lines, expected \(b.count)\n\(differing.joined(separator: "\n"))",
    sourceLocation: sourceLocation)
}
