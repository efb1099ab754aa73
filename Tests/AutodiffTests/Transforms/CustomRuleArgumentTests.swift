import Autodiff
import Testing

/// Custom rules of functions of several arguments, of which some are not differentiated; numbers of the
/// JAX page on custom derivatives.
/// Source: https://docs.jax.dev/en/latest/notebooks/Custom_derivative_rules_for_Python_code.html
@Suite("Arguments of custom rules")
struct CustomRuleArgumentTests {
  @Test("a function as the argument that is not differentiated")
  func nondifferentiableForward() throws {
    // app(f, x) = f(x), with derivative 2.
    let app = customJVP({ (f: (Tensor) -> Tensor, x: Tensor) in f(x) }) { f, x, t in (f(x), 2 * t) }
    let cube: (Tensor) -> Tensor = { pow($0, 3) }
    try expectEqual(app(cube, Tensor(3.0)), Tensor(27.0))
    try expectEqual(grad { (x: Tensor) in try app(cube, x) }(Tensor(3.0)), Tensor(2.0))
  }

  @Test("a number as the argument that is not differentiated")
  func nondifferentiableReverse() throws {
    // The gradient is clipped to bounds.
    let clipped = customVJP(
      { (_: ClosedRange<Double>, x: Tensor) in x }, forward: { _, x in (x, EmptyTree()) },
      backward: { bounds, _, g in
        clip(g, low: Tensor(bounds.lowerBound), high: Tensor(bounds.upperBound))
      })
    let t = linspace(0, 6, count: 5)
    let gradient = try vmap(grad { (x: Tensor) in sin(try clipped(-0.75...0.75, x * 2)) })(t)
    try expectEqual(
      gradient, clip(cos(2 * t), low: -0.75, high: 0.75) * 2, tolerance: 1e-6)
    let compiled = try jit { (x: Tensor, n: Int) in
      try grad { (x: Tensor) in 10 * (try clipped(0...Double(n), x)) }(x)
    }(Tensor(1.0), 3)
    try expectEqual(compiled, Tensor(3.0))
  }

  @Test("two arguments that both are differentiated")
  func twoArguments() throws {
    // f(x, y) = sin(x) y, as on the page.
    let f = customJVP({ (x: Tensor, y: Tensor) in sin(x) * y }) { primals, tangents in
      let ((x, y), (dx, dy)) = (primals, tangents)
      return (sin(x) * y, cos(x) * dx * y + sin(x) * dy)
    }
    let (x, y) = (Tensor(2.0), Tensor(3.0))
    try expectEqual(f(x, y), Tensor(2.7278922796249390))
    try expectEqual(jvp(f, (x, y), (Tensor(1.0), Tensor(0.0))).tangent, Tensor(-1.2484405))
    try expectEqual(grad(f)(x, y), Tensor(-1.2484405))
    let g = customVJP(
      { (x: Tensor, y: Tensor) in sin(x) * y },
      forward: { x, y in (sin(x) * y, [cos(x), sin(x), y]) },
      backward: { kept, g in (kept[0] * g * kept[2], kept[1] * g) })
    let both = try grad(argnums: .all, g)(x, y)
    try expectEqual(both.0, Tensor(-1.2484405))
    try expectEqual(both.1, Tensor(0.90929742682))
  }

  @Test("tensors that are captured: known ones may be, differentiated or mapped ones not")
  func captures() throws {
    func scaled(_ w: Tensor) -> (Tensor) throws -> Tensor {
      customJVP({ (x: Tensor) in sin(x) * w }) { x, t in (sin(x) * w, cos(x) * w * t) }
    }
    let x = Tensor(0.5)
    // A tensor that jit traces is the same for all, and may be captured.
    let compiled = jit { (w: Tensor, x: Tensor) in try scaled(w * 2)(x) }
    try expectEqual(compiled(Tensor(3.0), x), sin(x) * 6)
    let gradient = jit { (w: Tensor, x: Tensor) in try grad(scaled(w * 2))(x) }
    try expectEqual(gradient(Tensor(3.0), x), cos(x) * 6)
    // Mapped ones may be captured where no derivative of the whole is taken, as in JAX.
    let ws = Tensor([1.0, 2])
    try expectEqual(vmap { (w: Tensor) in try scaled(w)(x) }(ws), sin(x) * ws)
    try expectEqual(vmap { (w: Tensor) in try grad(scaled(w))(w) }(ws), cos(ws) * ws)
  }

  @Test("captured tensors by which the whole is differentiated or mapped")
  func wrongCaptures() {
    func scaled(_ w: Tensor) -> (Tensor) throws -> Tensor {
      customJVP({ (x: Tensor) in sin(x) * w }) { x, t in (sin(x) * w, cos(x) * w * t) }
    }
    let x = Tensor(0.5)
    let hint = "\nhint: pass it as an argument"
    let differentiated = "customJVP: the function is differentiated by a tensor that it captures, "
    let remedy = hint + ", so that the rule can say what its derivative is"
    #expect(
      errorText { _ = try grad { (w: Tensor) in try scaled(w)(x) }(x) }
        == differentiated + "result f32[]" + remedy)
    #expect(
      errorText { _ = try grad { (w: Tensor) in try scaled(w)(w) }(x) }
        == differentiated + "result f32[]" + remedy)
    #expect(
      errorText {
        _ = try grad { (w: Tensor) in try jit { (x: Tensor) in try scaled(w)(x) }(x) }(x)
      } == differentiated + "captured f32[]" + remedy)
    #expect(
      errorText {
        _ = try jit { (ws: Tensor) in try vmap { (w: Tensor) in try scaled(w)(w) }(ws) }(
          Tensor([1.0, 2]))
      } == "customJVP: the function captures a tensor that vmap maps, captured f32[2]" + hint
        + ": the rule would take it for one that all members share")
  }
}
