import Autodiff
import Testing

/// The programs of the page on custom derivative rules, with the values that JAX 0.10 prints.
///
/// Source: https://docs.jax.dev/en/latest/notebooks/Custom_derivative_rules_for_Python_code.html
@Suite("Document: custom derivative rules")
struct CustomDerivativesTests {
  @Test("numerical stability: log(1 + e^x)")
  func numericalStability() throws {
    let naive = { (x: Tensor) in log(1 + exp(x)) }
    #expect(try grad(naive)(Tensor(100.0)).item(as: Double.self).isNaN)
    let log1pexp = customJVP(naive) { x, t in (naive(x), (1 - 1 / (1 + exp(x))) * t) }
    try expectEqual(grad(log1pexp)(Tensor(100.0)), Tensor(1.0))
    try expectEqual(jit(log1pexp)(Tensor(3.0)), Tensor(3.0485873222351074))
    try expectEqual(jit(grad(log1pexp))(Tensor(3.0)), Tensor(0.9525741338729858))
    let compiled = jit(grad(log1pexp))
    try expectEqual(
      vmap { (x: Tensor) in try compiled(x) }(arange(3, dtype: .float32)),
      Tensor([0.5, 0.7310585975646973, 0.8807970881462097]))
  }

  @Test("a convention at a boundary: x / (1 + sqrt(x)) at 0")
  func boundary() throws {
    let f = { (x: Tensor) in x / (1 + sqrt(x)) }
    #expect(try grad(f)(Tensor(0.0)).item(as: Double.self).isNaN)
    let smooth = customJVP(f) { x, t in
      (f(x), (sqrt(x) + 2) / (2 * square(sqrt(x) + 1)) * t)
    }
    try expectEqual(grad(smooth)(Tensor(0.0)), Tensor(1.0))
  }

  @Test("the rule sees values: control flow of the language")
  func controlFlow() throws {
    let f = customJVP({ (x: Tensor) in try x.item(as: Double.self) > 0 ? sin(x) : cos(x) }) {
      x, t in
      try x.item(as: Double.self) > 0 ? (sin(x), 2 * t) : (cos(x), 3 * t)
    }
    try expectEqual(f(Tensor(1.0)), sin(Tensor(1.0)))
    try expectEqual(grad(f)(Tensor(1.0)), Tensor(2.0))
    try expectEqual(grad(f)(Tensor(-1.0)), Tensor(3.0))
  }

  @Test("which functions are called when")
  func calls() throws {
    var log: [String] = []
    let f = customVJP(
      { (x: Tensor) -> Tensor in
        log.append("f")
        return sin(x)
      },
      forward: { x in
        log.append("forward")
        return (sin(x), cos(x))
      },
      backward: { cosine, g in
        log.append("backward")
        return cosine * g
      })
    try expectEqual(f(Tensor(3.0)), Tensor(0.14112000167369843))
    #expect(log == ["f"])
    log = []
    try expectEqual(grad(f)(Tensor(3.0)), Tensor(-0.9899924993515015))
    #expect(log == ["forward", "backward"])
    log = []
    let (y, pullback) = try vjp(f, Tensor(3.0))
    #expect(log == ["forward"])
    try expectEqual(y, Tensor(0.14112000167369843))
    try expectEqual(pullback(Tensor(1.0)), Tensor(-0.9899924993515015))
    #expect(log == ["forward", "backward"])
  }

  private typealias Update = (Tensor, Tensor) throws -> Tensor

  /// The fixed point of x -> f(a, x), found by iteration.
  private func iterate(
    _ f: @escaping Update, _ a: Tensor, _ guess: Tensor
  ) throws -> Tensor {
    try whileLoop((guess, try f(a, guess)), while: { abs($0.0 - $0.1) .> 1e-6 }) {
      ($0.1, try f(a, $0.1))
    }.1
  }

  /// The same, with a derivative by the implicit function theorem: itself a fixed point.
  private func fixedPoint(
    _ f: @escaping Update, _ a: Tensor, _ guess: Tensor
  ) throws -> Tensor {
    let solve = customVJP(
      { (f: @escaping Update, p: [Tensor]) in try self.iterate(f, p[0], p[1]) },
      forward: { f, p in
        let solution = try self.fixedPoint(f, p[0], p[1])
        return (solution, [p[0], solution])
      },
      backward: { f, kept, g in
        let (a, solution) = (kept[0], kept[1])
        let (_, byX) = try vjp({ (x: Tensor) in try f(a, x) }, solution)
        var u = g
        // The series of the inverse of 1 - df/dx, applied to the cotangent.
        for _ in 0..<30 { u = g + (try byX(u)) }
        let (_, byA) = try vjp({ (a: Tensor) in try f(a, solution) }, a)
        return [try byA(u), zeros(like: solution)]
      })
    return try solve(f, [a, guess])
  }

  @Test("derivatives of a fixed point, which can't be run backwards")
  func fixedPoints() throws {
    let root: (Tensor) throws -> Tensor = { a in
      try self.fixedPoint({ a, x in 0.5 * (x + a / x) }, a, a)
    }
    let two = Tensor(2.0)
    try expectEqual(root(two), Tensor(1.4142135381698608))
    try expectEqual(
      jit(vmap { (a: Tensor) in try self.iterate({ a, x in 0.5 * (x + a / x) }, a, a) })(
        Tensor([1.0, 2, 3, 4])),
      sqrt(Tensor([1.0, 2, 3, 4])))
    try expectEqual(grad(root)(two), Tensor(0.3535533845424652))
    try expectEqual(grad(grad(root))(two), Tensor(-0.0883883535861969), tolerance: 2e-6)
  }
}
