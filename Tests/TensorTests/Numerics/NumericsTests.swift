import Autodiff
import Foundation
import Testing

@testable import Tensor

/// Values, types and gradients are those of jax.numpy and jax.nn in float32.
///
/// The numbers come from `Tests/Tools/numerics_values.py`.
@Suite struct NumericsTests {
  @Test func labelsAreUnique() {
    let labels = NumericsCatalogue.rows.map(\.label)
    #expect(Set(labels).count == labels.count)
  }

  @Test(arguments: NumericsCatalogue.rows) func valueIsThatOfJax(_ row: NumericsRow) throws {
    let expected = try #require(NumericsValues.table[row.label], "no value for \(row.label)")
    let result = row.function(row.tensors())
    #expect("\(result.type)" == expected.type, "\(row.label)")
    expectClose(
      try result.scalars(as: Double.self), expected.numbers, row.tolerance, row.label)
  }

  @Test(arguments: NumericsCatalogue.rows.filter { NumericsValues.table["\($0.label)'"] != nil })
  func gradientIsThatOfJax(_ row: NumericsRow) throws {
    let expected = try #require(NumericsValues.table["\(row.label)'"])
    let inputs = row.tensors()
    let gradient = try grad { (x: Tensor) in
      let y = row.function([x] + inputs.dropFirst())
      // Other weights for each element, so that none hides another.
      let weights = (0..<y.elementCount).map { Foundation.cos(Double($0)) }
      return sum(y * Tensor(weights, shape: y.shape, dtype: y.dtype))
    }(inputs[0])
    #expect("\(gradient.type)" == expected.type)
    expectClose(
      try gradient.scalars(as: Double.self), expected.numbers, row.tolerance * 4, row.label)
  }

  /// Writes the rows' operands for the script that computes the values, where it asks for them.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["NUMERICS_OPERANDS"] != nil))
  func writeOperands() throws {
    let path = try #require(ProcessInfo.processInfo.environment["NUMERICS_OPERANDS"])
    var table: [String: [WrittenOperand]] = [:]
    for row in NumericsCatalogue.rows {
      table[row.label] = try row.tensors().map(WrittenOperand.init)
    }
    try JSONEncoder().encode(table).write(to: URL(filePath: path))
  }
}

/// The expected results of the catalogue's rows.
enum NumericsValues {
  /// By label, and by label and ' for the gradient; a continued line begins with spaces.
  static let table: [String: (type: String, numbers: [Double])] = {
    var table: [String: (type: String, numbers: [Double])] = [:]
    var label = ""
    for line in (values + "\n" + gradients).split(separator: "\n") {
      var rest = line
      if !line.hasPrefix(" ") {
        guard let end = line.range(of: " = ") else { continue }
        label = String(line[..<end.lowerBound])
        let words = line[end.upperBound...].split(separator: " ", maxSplits: 1)
        rest = words.count > 1 ? words[1] : ""
        table[label] = (String(words[0]), [])
      }
      table[label]?.numbers += rest.split(separator: " ").compactMap { Double($0) }
    }
    return table
  }()
}
