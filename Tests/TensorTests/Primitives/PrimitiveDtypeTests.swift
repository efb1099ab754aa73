import Foundation
import Testing

@testable import Tensor

/// In every dtype the rows' primitives take what jax.lax takes, and give its results.
///
/// The numbers come from `Tests/Tools/primitive_values.py` and lie in `Fixtures/dtypes.txt`.
@Suite struct PrimitiveDtypeTests {
  static let dtypes: [DType] = [
    .bool, .uint8, .uint32, .int8, .int16, .int64, .float16, .bfloat16, .float32, .complex64,
    .complex128,
  ]
  static let rows = PrimitiveValueTests.rows.filter { row in
    row.inputs.contains { $0.dtype == nil } && !(row.primitive is any MatrixFunction)
  }

  /// What jax.lax takes and this package refuses.
  private static func isRefused(_ primitive: any Primitive, _ dtype: DType) -> Bool {
    // Complex numbers have no order; JAX compares their parts.
    let ordered: [any Primitive.Type] = [
      Max.self, Min.self, Clamp.self, ReduceMax.self, ReduceMin.self, CumMax.self, CumMin.self,
      CumLogSumExp.self, Atan2.self,
    ]
    if dtype.isComplex {
      let scatter = primitive as? Scatter
      return ordered.contains { $0 == type(of: primitive) } || primitive is any WindowReduction
        || scatter?.combination == .min || scatter?.combination == .max
    }
    // Products and windows of bools; the functions above convert them.
    return dtype == .bool
      && (primitive is DotGeneral || primitive is ConvGeneralDilated
        || primitive is any WindowReduction || primitive is SelectAndScatterAdd
        || primitive is SelectAndGatherAdd)
  }

  @Test(arguments: rows) func valueIsThatOfJax(_ row: PrimitiveRow) throws {
    for dtype in Self.dtypes {
      let label = "\(row.label)@\(dtype.name)"
      let inputs = row.tensors(dtype)
      let types = inputs.map(\.type)
      guard let outputs = try? row.primitive.infer(types) else {
        #expect(
          Fixture.dtypes[label] == nil || Self.isRefused(row.primitive, dtype),
          "\(label) is supported by JAX")
        continue
      }
      // What JAX does not take has no values to compare with.
      guard let expected = Fixture.dtypes[label] else { continue }
      let results = row.primitive.evaluate(inputs.compactMap(\.array), outputs)
      #expect(results.count == expected.count)
      for (result, numbers) in zip(results, expected) {
        let tolerance = Self.tolerance(row, dtype, result.dtype)
        expectClose(try Tensor(result).numbers(), numbers, tolerance, label)
      }
    }
  }

  /// Relative to the largest element: none for what is exact, a rounding for half precisions.
  private static func tolerance(_ row: PrimitiveRow, _ dtype: DType, _ result: DType) -> Double {
    guard dtype.isInexact, result.isInexact else { return 0 }
    switch dtype {
    case .float16, .bfloat16:
      // One unit in the last place; sums, products and exp2 are rounded once here and at each step
      // by JAX.
      return row.primitive is any ElementwisePrimitive && !(row.primitive is Exp2)
        ? dtype.epsilon : 4 * dtype.epsilon
    case .complex128: return 1e-13
    default: return row.float32
    }
  }

  /// Writes the rows' operands for the script that computes the values, where it asks for them.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["DTYPE_OPERANDS"] != nil))
  func writeOperands() throws {
    let path = try #require(ProcessInfo.processInfo.environment["DTYPE_OPERANDS"])
    var table: [String: [WrittenOperand]] = [:]
    for row in Self.rows {
      for dtype in Self.dtypes {
        table["\(row.label)@\(dtype.name)"] = try row.tensors(dtype).map(WrittenOperand.init)
      }
    }
    try JSONEncoder().encode(table).write(to: URL(filePath: path))
  }
}

/// An operand as the scripts read it.
struct WrittenOperand: Encodable {
  let dtype: String
  let shape: [Int]
  /// Of complex numbers the real and the imaginary parts.
  let values: [String]

  init(_ tensor: Tensor) throws {
    dtype = tensor.dtype.name
    shape = tensor.shape.dimensions
    values = try tensor.numbers().map(\.description)
  }
}

/// Numbers that a script has written to a file beside the tests.
enum Fixture {
  /// By label the elements of each result; none for what JAX does not take.
  static let dtypes = read("Primitives/Fixtures/dtypes.txt")
  /// The same for operands at the limits.
  static let specials = read("Primitives/Fixtures/specials.txt")

  /// Lines of a label, a colon and numbers, the results separated by semicolons.
  private static func read(_ path: String) -> [String: [[Double]]] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    guard let text = try? String(contentsOf: folder.appending(path: path), encoding: .utf8) else {
      return [:]
    }
    var table: [String: [[Double]]] = [:]
    for line in text.split(separator: "\n") {
      guard let colon = line.lastIndex(of: ":") else { continue }
      table[String(line[..<colon])] =
        line[line.index(after: colon)...].split(separator: ";", omittingEmptySubsequences: false)
        .map { $0.split(separator: " ").compactMap { Double($0) } }
    }
    return table
  }
}
