import Autodiff
import Foundation
import Testing

private let x = Tensor(0.7, dtype: .float64)
private let c = Foundation.cos(0.7)
private let s = Foundation.sin(0.7)

@Test func gradOfGradToTheFourthOrder() throws {
  try expectEqual(grad { sin($0) }(x), Tensor(c, dtype: .float64))
  try expectEqual(grad(grad { sin($0) })(x), Tensor(-s, dtype: .float64))
  try expectEqual(grad(grad(grad { sin($0) }))(x), Tensor(-c, dtype: .float64))
  try expectEqual(grad(grad(grad(grad { sin($0) })))(x), Tensor(s, dtype: .float64))
}

@Test func forwardOverReverseAndReverseOverForward() throws {
  let one = Tensor(1, dtype: .float64)
  try expectEqual(jvp(grad { sin($0) }, x, one).tangent, Tensor(-s, dtype: .float64))
  try expectEqual(grad { try jvp({ sin($0) }, $0, one).tangent }(x), Tensor(-s, dtype: .float64))
}

/// d/dx (x d/dy (x + y)) = 1: the two derivatives must not be taken for each other.
/// Source: Siskind and Pearlmutter, https://arxiv.org/abs/1211.4892
@Test func perturbationsAreNotConfused() throws {
  let gradient = try grad { (x: Tensor) in
    try x * grad { (y: Tensor) in x + y }(Tensor(1, dtype: .float64))
  }(Tensor(3, dtype: .float64))
  try expectEqual(gradient, Tensor(1, dtype: .float64))
}

@Test func ordinaryIfOnDataWorksUnderGrad() throws {
  func f(_ x: Tensor) throws -> Tensor { try x.item(as: Double.self) > 3 ? 3 * x * x : -4 * x }
  try expectEqual(grad(f)(Tensor(2.0)), Tensor(-4.0))
  try expectEqual(grad(f)(Tensor(4.0)), Tensor(24.0))
}

@Test func gradientsOfTreesHaveTheirStructure() throws {
  let parameters = ["kernel": Tensor([[1.0, 2], [3, 4]]), "bias": Tensor([0.5, -0.5])]
  let input = Tensor([[1.0, -1]])
  let (value, gradient) = try valueAndGrad(parameters) { p in
    let y = matmul(input, p["kernel"] ?? 0) + (p["bias"] ?? 0)
    return sum(y * y)
  }
  // y = [-1.5, -2.5]; d/dkernel = input^T (2y); d/dbias = 2y.
  try expectEqual(value, Tensor(8.5))
  try expectEqual(gradient["bias"] ?? 0, Tensor([-3.0, -5]))
  try expectEqual(gradient["kernel"] ?? 0, Tensor([[-3.0, -5], [3, 5]]))
}

@Test func argnumsChooseArguments() throws {
  func f(_ x: Tensor, _ y: Tensor) -> Tensor { x * x * y }
  let (a, b) = (Tensor(3.0), Tensor(2.0))
  try expectEqual(grad(f)(a, b), Tensor(12.0))
  try expectEqual(grad(argnums: 1, f)(a, b), Tensor(9.0))
  let both = try grad(argnums: [1, 0], f)(a, b)
  try expectEqual(both[0], Tensor(9.0))
  try expectEqual(both[1], Tensor(12.0))
  #expect(
    errorText { _ = try grad(argnums: 2, f)(a, b) }
      == "grad: argnums is [2], expected distinct arguments from 0 to 1")
}

@Test func auxiliaryResultsComeOutAsValues() throws {
  let result = try valueAndGrad(Tensor(3.0)) { (x: Tensor) -> (Tensor, [String: Tensor]) in
    (x * x, ["cube": x * x * x])
  }
  try expectEqual(result.value, Tensor(9.0))
  try expectEqual(result.aux["cube"] ?? 0, Tensor(27.0))
  try expectEqual(result.gradient, Tensor(6.0))
}

@Test func unusedArgumentsHaveGradientZero() throws {
  let gradient = try grad(["a": Tensor(2.0), "b": Tensor([1.0, 2])]) { p in
    (p["a"] ?? 0) * 3
  }
  try expectEqual(gradient["b"] ?? 1, Tensor([0.0, 0]))
}

@Test func wrongUseOfGradIsAnError() {
  #expect(
    errorText { _ = try grad { (x: Tensor) in x * 2 }(Tensor([1.0, 2, 3])) } == """
      grad: the function must return a floating-point scalar, result f32[3]
      hint: reduce it with sum or mean, or use vjp or jacrev
      """)
  #expect(
    errorText { _ = try grad { (p: [String: Tensor]) in sum(p["n"] ?? 0) }(["n": Tensor([1, 2])]) }
      .hasPrefix("grad: dtype i32 is not supported, expected a floating-point type, argument['n']"))
  #expect(
    errorText { _ = try grad { (x: Tensor) in sum(x + Tensor.zeros([5])) }(Tensor([1.0, 2])) }
      == "add: shapes differ and don't broadcast, lhs f32[2], rhs f32[5]")
}

@Test func pullbacksCanBeUsedAgain() throws {
  let (value, pullback) = try vjp({ (x: Tensor) in exp(x) * 2 }, Tensor([0.0, 1]))
  try expectEqual(value, Tensor([2, 2 * M_E]))
  try expectEqual(pullback(Tensor([1.0, 0])), Tensor([2.0, 0]))
  try expectEqual(pullback(Tensor([0.0, 1])), Tensor([0, 2 * M_E]))
  #expect(
    errorText { _ = try pullback(Tensor([1.0, 0, 0])) }
      == "vjp: the cotangent must have the type of the value it belongs to, cotangent f32[3], value f32[2]"
  )
}

@Test func linearizeComputesTheNonlinearPartOnce() throws {
  var calls = 0
  let (value, pushforward) = try linearize(
    { (x: Tensor) -> Tensor in
      calls += 1
      return sin(x)
    }, x)
  try expectEqual(value, Tensor(s, dtype: .float64))
  try expectEqual(pushforward(Tensor(2, dtype: .float64)), Tensor(2 * c, dtype: .float64))
  try expectEqual(pushforward(Tensor(-1, dtype: .float64)), Tensor(-c, dtype: .float64))
  #expect(calls == 1)
}

/// As `jax.vjp(jnp.tanh, x)` of jax 0.10.2.
@Test func gradientOfTanhInBfloat16() throws {
  let x = Tensor([-6.5, -1.796875, -0.75, 0.0078125, 0.3125, 1.046875, 3.28125], dtype: .bfloat16)
  let (_, pullback) = try vjp({ (x: Tensor) in tanh(x) }, x)
  let gradient = try pullback(Tensor.ones([7], dtype: .bfloat16))
  #expect(
    try gradient.scalars(as: Double.self)
      == [0, 0.109375, 0.59375, 1, 0.90625, 0.390625, 0.0078125])
}
