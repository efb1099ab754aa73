import Foundation
import Testing

@testable import Tensor

/// The results of the rows' primitives are those of jax.lax in float64.
///
/// The numbers come from `Tests/Tools/primitive_values.py`. Rows of random primitives have none:
/// the samplers have tests of their own.
@Suite struct PrimitiveValueTests {
  static let rows = PrimitiveCatalogue.rows.filter { !$0.label.hasPrefix("random_") }

  @Test(arguments: rows) func valueIsThatOfJax(_ row: PrimitiveRow) throws {
    let results = bind(row.primitive, row.tensors())
    for (index, result) in results.enumerated() {
      let label = results.count == 1 ? row.label : "\(row.label)#\(index)"
      let expected = try #require(PrimitiveValues.table[label], "no value for \(label)")
      expectClose(try result.numbers(), expected, 1e-13, label)
    }
  }

  /// Writes the rows' operands for the script that computes the values, where it asks for them.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["PRIMITIVE_OPERANDS"] != nil))
  func writeOperands() throws {
    let path = try #require(ProcessInfo.processInfo.environment["PRIMITIVE_OPERANDS"])
    var table: [String: [WrittenOperand]] = [:]
    for row in Self.rows { table[row.label] = try row.tensors().map(WrittenOperand.init) }
    try JSONEncoder().encode(table).write(to: URL(filePath: path))
  }
}
