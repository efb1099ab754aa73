import Autodiff
import Testing

private func f64(_ value: Double) -> Tensor { Tensor(value, dtype: .float64) }

/// log(1 + e^x), whose naive derivative overflows.
/// Source: https://docs.jax.dev/en/latest/notebooks/Custom_derivative_rules_for_Python_code.html
private func log1pexp(_ x: Tensor) throws -> Tensor {
  let function = customJVP({ (x: Tensor) in log(1 + exp(x)) }) { x, t in
    (log(1 + exp(x)), (1 - 1 / (1 + exp(x))) * t)
  }
  return try function(x)
}

@Test func customJVPReplacesTheDerivative() throws {
  try expectEqual(grad(log1pexp)(f64(100)), f64(1))
  try expectEqual(jvp(log1pexp, f64(3), f64(2)).tangent, f64(2 * 0.9525741268224334))
  try expectEqual(grad(log1pexp)(f64(3)), f64(0.9525741268224334))
  try expectEqual(
    vmap(grad(log1pexp))(Tensor([3.0, 100], dtype: .float64)),
    Tensor([0.9525741268224334, 1], dtype: .float64))
  try expectEqual(jit(grad(log1pexp))(f64(100)), f64(1))
  try expectEqual(grad(grad(log1pexp))(f64(0)), f64(0.25))
  try expectEqual(jit(log1pexp)(f64(0)), f64(0.6931471805599453))
}

/// The identity, whose gradient is clipped.
private func clipped(_ x: Tensor) throws -> Tensor {
  let function = customVJP(
    { (x: Tensor) in x }, forward: { ($0, EmptyTree()) },
    backward: { _, ct in clip(ct, low: -0.5, high: 0.5) })
  return try function(x)
}

@Test func customVJPReplacesTheCotangents() throws {
  try expectEqual(grad { (x: Tensor) in try 10 * clipped(x) }(f64(1)), f64(0.5))
  try expectEqual(grad { (x: Tensor) in try 0.25 * clipped(x) }(f64(1)), f64(0.25))
  try expectEqual(jit(grad { (x: Tensor) in try 10 * clipped(x) })(f64(1)), f64(0.5))
  try expectEqual(
    vmap(grad { (x: Tensor) in try x * clipped(x) })(Tensor([0.1, 3], dtype: .float64)),
    Tensor([0.2, 3.5], dtype: .float64))
}

@Test func customVJPKeepsResiduals() throws {
  func product(_ p: [String: Tensor]) -> Tensor { (p["a"] ?? 0) * (p["b"] ?? 0) }
  func cotangents(_ kept: [String: Tensor], _ ct: Tensor) -> [String: Tensor] {
    let (a, b): (Tensor, Tensor) = (kept["a"] ?? 0, kept["b"] ?? 0)
    return ["a": ct * b * 2, "b": ct * a * 3]
  }
  let f = customVJP(product, forward: { (product($0), $0) }, backward: cotangents)
  let gradient = try grad(f)(["a": f64(5), "b": f64(7)])
  try expectEqual(gradient["a"] ?? 0, f64(14))
  try expectEqual(gradient["b"] ?? 0, f64(15))
}

@Test func customVJPHasNoForwardMode() {
  #expect(
    errorText { _ = try jvp(clipped, f64(1), f64(1)) } == """
      customVJP: there is no jvp rule
      hint: forward mode needs customJVP; reverse mode works
      """)
}

@Test func customRulesAreNotDifferentiatedByWhatTheyCapture() {
  #expect(
    errorText {
      _ = try grad { (a: Tensor) in
        try customJVP({ (x: Tensor) in x * a }) { x, t in (x * a, t * a) }(f64(1))
      }(f64(2))
    } == """
      customJVP: the function is differentiated by a tensor that it captures, result f64[]
      hint: pass it as an argument, so that the rule can say what its derivative is
      """)
}
