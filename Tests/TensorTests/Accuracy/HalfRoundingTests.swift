import Tensor
import Testing

/// Functions round bfloat16 where JAX does.
///
/// So what is computed from their results differs from JAX's by no more than they do. The numbers
/// are those of jax 0.10.2 on a CPU.
@Suite struct HalfRoundingTests {
  private let x: [Double] = [
    -6.5, -1.796875, -0.75, 0.0078125, 0.3125, 1.046875, 3.28125, 3.375,
  ]

  private func values(_ dtype: DType, _ function: (Tensor) -> Tensor) throws -> [Double] {
    try withErrors { try function(Tensor(x, dtype: dtype)).scalars(as: Double.self) }
  }

  @Test func sigmoidOfBfloat16() throws {
    let expected = [
      0.00150299072265625, 0.142578125, 0.322265625, 0.50390625, 0.578125, 0.73828125, 0.9609375,
      0.96875,
    ]
    #expect(try values(.bfloat16, sigmoid) == expected)
  }

  @Test func fifthPowerOfBfloat16() throws {
    let expected = [
      -11584.0, -18.75, -0.2373046875, 2.9103830456733704e-11, 0.0029754638671875, 1.25, 378, 436,
    ]
    #expect(try values(.bfloat16) { pow($0, 5) } == expected)
  }

  @Test func softmaxOfBfloat16() throws {
    let expected = [
      2.4437904357910156e-05, 0.002655029296875, 0.00762939453125, 0.0162353515625,
      0.022216796875, 0.04638671875, 0.431640625, 0.474609375,
    ]
    #expect(try values(.bfloat16) { softmax($0) } == expected)
  }

  @Test func reluOfTruthValues() throws {
    let result = relu(Tensor([true, false]))
    #expect(result.dtype == .int32)
    #expect(try result.scalars(as: Int.self) == [1, 0])
  }

  @Test func standardizeAlongTwoAxes() throws {
    let x = Tensor([0.0, 1, 2, 3, 4, 5], shape: [2, 3])
    let result = try standardize(x, axes: [0, 1]).scalars(as: Double.self)
    let expected = [-1.4638476, -0.87830853, -0.29276952, 0.29276952, 0.87830853, 1.4638476]
    #expect(zip(result, expected).allSatisfy { abs($0 - $1) < 1e-6 })
  }
}
