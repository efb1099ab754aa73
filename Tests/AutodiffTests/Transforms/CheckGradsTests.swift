import Autodiff
import Testing

/// That `checkGrads` passes right derivatives and names wrong ones.
@Suite("checkGrads")
struct CheckGradsTests {
  private let x = Random.normal(Key(1), [4], dtype: .float64)

  @Test("right derivatives pass, to the third order")
  func right() throws {
    try checkGrads({ (x: Tensor) in sin(x) * exp(x) }, x, order: 3)
    try checkGrads({ (x: Tensor) in tanh(x) }, x.cast(to: .float32))
    try checkGrads(
      { (p: [String: Tensor]) in [(p["a"] ?? 0) * (p["b"] ?? 0), sum(p["a"] ?? 0)] },
      ["a": x, "b": x + 1])
    try checkGrads({ (a: Tensor, b: Tensor) in matmul(a, b) }, x, x * 2)
  }

  /// sin with a derivative that is wrong by a factor.
  private func wrong(_ factor: Double) -> (Tensor) throws -> Tensor {
    customJVP({ (x: Tensor) in sin(x) }) { x, t in (sin(x), factor * cos(x) * t) }
  }

  @Test("a wrong rule fails in both modes")
  func wrongRules() {
    let forward = errorText { try checkGrads(self.wrong(1.01), self.x, modes: [.forward]) }
    #expect(forward.hasPrefix("checkGrads: jvp: the tangent is "))
    #expect(forward.contains("but central differences give"))
    #expect(forward.hasSuffix("element 0 of tensor 0, tensor f64[4]"))
    let reverse = errorText { try checkGrads(self.wrong(1.01), self.x, modes: [.reverse]) }
    #expect(reverse.hasPrefix("checkGrads: vjp: the product with a direction is "))
    #expect(errorText { try checkGrads(self.wrong(1), self.x) } == "no error")
  }

  @Test("a rule that is wrong in the second order only")
  func secondOrder() {
    // The tangent's derivative by x is lost.
    let f = customJVP({ (x: Tensor) in sin(x) }) { x, t in (sin(x), cos(stopGradient(x)) * t) }
    #expect(errorText { try checkGrads(f, self.x, order: 1) } == "no error")
    #expect(
      errorText { try checkGrads(f, self.x, order: 2, modes: [.forward]) }
        .hasPrefix("checkGrads: jvp of jvp: the tangent is "))
    #expect(
      errorText { try checkGrads(f, self.x, order: 2, modes: [.reverse]) }
        .hasPrefix("checkGrads: vjp of vjp: the product with a direction is "))
  }

  @Test("a missing transpose, and tolerances that are given")
  func others() {
    let f = { (x: Tensor) in try whileLoop(x, while: { sum($0) .< 100 }) { $0 * 2 } }
    #expect(errorText { try checkGrads(f, exp(self.x), modes: [.forward]) } == "no error")
    #expect(
      errorText { try checkGrads(f, exp(self.x)) }.hasPrefix("whileLoop: there is no transpose"))
    #expect(
      errorText {
        try checkGrads(
          self.wrong(1.01), self.x, order: 1, absoluteTolerance: 0.1, relativeTolerance: 0.1)
      } == "no error")
  }
}
