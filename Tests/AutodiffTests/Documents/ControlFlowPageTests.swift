import Autodiff
import Testing

/// The programs of "Control flow and logical operators with JIT", with the values that JAX 0.10 prints.
/// Source: https://docs.jax.dev/en/latest/control-flow.html
@Suite("Document: control flow")
struct ControlFlowPageTests {
  private func f(_ x: Tensor) throws -> Tensor {
    try x.item(as: Double.self) < 3 ? 3.0 * pow(x, 2) : -4 * x
  }

  @Test("loops of the language are unrolled")
  func unrolled() throws {
    let doubled = jit { (x: Tensor) in (0..<3).reduce(x) { x, _ in 2 * x } }
    let y = try doubled(Tensor(3))
    try expectEqual(y, Tensor(24))
    #expect(y.dtype == .int32)
    let total = jit { (x: Tensor) in (0..<x.shape[0]).reduce(Tensor(0.0)) { $0 + x[$1] } }
    try expectEqual(total(Tensor([1.0, 2, 3])), Tensor(6.0))
  }

  @Test("a condition on a value that is traced is an error")
  func valueOfATracer() {
    #expect(
      errorText { _ = try jit { (x: Tensor) in try self.f(x) }(Tensor(2.0)) }
        == "item: the value is read while jit traces, where only shape and dtype are known, "
        + "operand f32[]\n"
        + "hint: branch with `which` or cond, loop with scan, or pass the value as a static argument"
    )
  }

  @Test("static arguments")
  func staticArguments() throws {
    let branching = jit { (x: Static<Double>) -> Tensor in
      x.value < 3 ? Tensor(3.0 * x.value * x.value) : Tensor(-4 * x.value)
    }
    try expectEqual(branching(Static(2)), Tensor(12.0))
    let partial = jit { (x: Tensor, n: Int) in (0..<n).reduce(Tensor(0.0)) { $0 + x[$1] } }
    try expectEqual(partial(Tensor([2.0, 3, 4]), 2), Tensor(5.0))
    let filled = jit { (value: Tensor, length: Int) in Tensor.ones([length]) * value }
    try expectEqual(filled(Tensor(4), 10), Tensor.full([10], 4.0))
    try expectEqual(filled(Tensor(4), 5), Tensor.full([5], 4.0))
    #expect(filled.cacheCount == 2)
  }

  @Test("cond, whileLoop and foriLoop")
  func structured() throws {
    let operand = Tensor([0.0])
    try expectEqual(cond(Tensor(true), operand, then: { $0 + 1 }, else: { $0 - 1 }), Tensor([1.0]))
    try expectEqual(
      cond(Tensor(false), operand, then: { $0 + 1 }, else: { $0 - 1 }), Tensor([-1.0]))
    try expectEqual(whileLoop(Tensor(0), while: { $0 .< 10 }, { $0 + 1 }), Tensor(10))
    try expectEqual(foriLoop(0, 10, Tensor(0)) { i, x in x + i }, Tensor(45))
  }

  @Test("logical operators work element by element")
  func logicalOperators() throws {
    let isPositiveEven = jit { (x: Tensor) in
      logicalAnd(remainder(x, Tensor(2)) .== 0, x .> 0)
    }
    #expect(try isPositiveEven(Tensor(24)).item(as: Bool.self))
    #expect(try isPositiveEven(Tensor([-1, 2, 5])).scalars(as: Bool.self) == [false, true, false])
  }

  @Test("control flow of the language under grad")
  func gradients() throws {
    try expectEqual(grad(f)(Tensor(2.0)), Tensor(12.0))
    try expectEqual(grad(f)(Tensor(4.0)), Tensor(-4.0))
  }

  /// The page's table of which construct has which derivative.
  @Test("the summary table")
  func summary() throws {
    let x = Tensor(1.5)
    let scanned: (Tensor) throws -> Tensor = { x in
      try scan(Tensor(1.0), EmptyTree(), length: 3) { c, _ in (c * x, EmptyTree()) }.carry
    }
    let looped: (Tensor) throws -> Tensor = { x in
      try foriLoop(0, 3, Tensor(1.0)) { _, c in c * x }
    }
    let dynamic: (Tensor) throws -> Tensor = { x in
      try foriLoop(Tensor(0), Tensor(3), Tensor(1.0)) { _, c in c * x }
    }
    for function in [scanned, looped, dynamic] {
      try expectEqual(jit(function)(x), Tensor(3.375))
      try expectEqual(jvp(function, x, Tensor(1.0)).tangent, Tensor(6.75))
      try expectEqual(jit { (x: Tensor) in try jvp(function, x, x).tangent }(x), Tensor(10.125))
    }
    try expectEqual(grad(scanned)(x), Tensor(6.75))
    try expectEqual(grad(looped)(x), Tensor(6.75))
    #expect(errorText { _ = try grad(dynamic)(x) }.hasPrefix("whileLoop: there is no transpose"))
  }
}
