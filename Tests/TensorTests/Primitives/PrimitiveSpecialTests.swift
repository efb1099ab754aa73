import Foundation
import Testing

@testable import Tensor

/// Signed zeros, infinities, NaN and the ends of the range give what they give in jax.lax; half
/// precisions also on a grid of numbers.
///
/// The numbers come from `Tests/Tools/primitive_values.py` and lie in `Fixtures/specials.txt`.
@Suite struct PrimitiveSpecialTests {
  static let dtypes: [DType] = [.float16, .bfloat16, .float32, .float64]
  static let rows = PrimitiveValueTests.rows.filter { row in
    row.primitive is any ElementwisePrimitive && row.inputs.allSatisfy { $0.dtype == nil }
      && (row.inputs.count == 2 || row.inputs.count == 1) && !(row.primitive is MakeComplex)
  }

  @Test(arguments: rows) func valueIsThatOfJax(_ row: PrimitiveRow) throws {
    for dtype in Self.dtypes {
      let label = "\(row.label)@\(dtype.name)"
      let operands = Self.operands(row, dtype)
      guard let expected = Fixture.specials[label]?.first else {
        #expect((try? row.primitive.infer(operands.map(\.type))) == nil, "\(label) has no values")
        continue
      }
      let result = bind(row.primitive, operands)[0]
      let places = try zip(operands[0].numbers(), operands.last?.numbers() ?? [])
      for (place, (a, b)) in zip(places, zip(try result.numbers(), expected))
      where !Self.agree(a, b, result.dtype, row.primitive) {
        Issue.record("\(label) of \(place): \(a), expected \(b)")
      }
    }
  }

  /// NaN with NaN, zeros of one sign, else to a few roundings.
  private static func agree(
    _ a: Double, _ b: Double, _ dtype: DType, _ primitive: any Primitive
  ) -> Bool {
    if a.isNaN || b.isNaN { return a.isNaN && b.isNaN }
    if a == 0 && b == 0 { return a.sign == b.sign }
    if a == b { return true }
    guard dtype.isFloatingPoint else { return false }
    // XLA takes numbers below the range of full precision for 0, in operands and results.
    if Swift.abs(a) <= dtype.leastNormal && b == 0 { return true }
    // The fixture has 15 digits; XLA's lgamma of 1 is 4.8e-7.
    // Half precisions have one rounding here and there, of results that float32 has nearly equal.
    let (relative, absolute) =
      dtype == .float64
      ? (1e-14, 1e-14) : (dtype == .float32 ? 8 * dtype.epsilon : dtype.epsilon, 1e-6)
    // JAX rounds x ln 2 to the half precision before it takes the exponential: here 2^5 is 32.
    let factor = primitive is Exp2 && dtype.byteSize == 2 ? 4.0 : 1
    return Swift.abs(a - b) <= factor * relative * Swift.abs(b) + absolute
  }

  /// Numbers at the limits, alone or each with each.
  private static func operands(_ row: PrimitiveRow, _ dtype: DType) -> [Tensor] {
    let large = dtype.largestFinite
    let line: [Double] = [
      0, -0.0, 1, -1, .infinity, -.infinity, .nan, 0.5, -2.5, 3, large, -large, dtype.leastNormal,
    ]
    if row.inputs.count == 1 {
      let grid = dtype.byteSize > 2 ? [] : (-40...40).map { Double($0) * 0.171875 }
      return [Tensor(line + grid, dtype: dtype)]
    }
    let firsts = line.flatMap { a in line.map { _ in a } }
    return [Tensor(firsts, dtype: dtype), Tensor(line.flatMap { _ in line }, dtype: dtype)]
  }

  /// Writes the rows' operands for the script that computes the values, where it asks for them.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["SPECIAL_OPERANDS"] != nil))
  func writeOperands() throws {
    let path = try #require(ProcessInfo.processInfo.environment["SPECIAL_OPERANDS"])
    var table: [String: [WrittenOperand]] = [:]
    for row in Self.rows {
      for dtype in Self.dtypes {
        table["\(row.label)@\(dtype.name)"] = try Self.operands(row, dtype).map(WrittenOperand.init)
      }
    }
    try JSONEncoder().encode(table).write(to: URL(filePath: path))
  }
}
