import Testing

@testable import Tensor

/// Half precisions compute in float32 and round once.
@Suite struct PrimitiveHalfTests {
  static let unary = PrimitiveCatalogue.rows.filter {
    $0.inputs.count == 1 && $0.primitive is any ElementwisePrimitive
  }
  static let binary = PrimitiveCatalogue.rows.filter {
    $0.inputs.count == 2 && $0.primitive is any ElementwisePrimitive
  }

  /// Every float16 and every bfloat16.
  @Test(arguments: unary, [DType.float16, .bfloat16])
  func allNumbers(_ row: PrimitiveRow, _ dtype: DType) throws {
    let x = bind(BitcastConvertType(dtype), Tensor((0...UInt16.max).map { $0 })) as Tensor
    try check(row, [x])
  }

  @Test(arguments: binary, [DType.float16, .bfloat16])
  func pairs(_ row: PrimitiveRow, _ dtype: DType) throws {
    let bits = Random.bits(Key(7), [2, 1 << 16], dtype: .uint16)
    let numbers = unstack(bind(BitcastConvertType(dtype), bits))
    try check(row, [numbers[0], numbers[1]])
  }

  private func check(_ row: PrimitiveRow, _ operands: [Tensor]) throws {
    guard (try? row.primitive.infer(operands.map(\.type))) != nil else { return }
    let result = bind(row.primitive, operands)[0]
    // A step to the next number is one of the type's own.
    guard !(row.primitive is NextAfter) else { return }
    // These round bfloat16 between their steps, as JAX does: see HalfRoundingTests.
    let hasSteps = row.primitive is Logistic || row.primitive is IntegerPow
    if hasSteps, result.dtype == .bfloat16 { return }
    let wide = bind(row.primitive, operands.map { $0.cast(to: .float32) })[0]
    let (a, b) = try (Values(result), Values(wide.cast(to: result.dtype)))
    if a != b {
      let place = zip(a.numbers, b.numbers).enumerated().first { $1.0 != $1.1 }?.offset ?? 0
      let numbers = try operands.map { try $0.numbers()[place] }
      let got = try result.numbers()[place]
      Issue.record("\(row.label) of \(numbers): \(got), float32 gives \(try wide.numbers()[place])")
    }
  }
}
