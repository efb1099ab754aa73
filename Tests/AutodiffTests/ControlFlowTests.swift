import Autodiff
import Testing

private func f64(_ value: Double) -> Tensor { Tensor(value, dtype: .float64) }
private func f64(_ values: [Double]) -> Tensor { Tensor(values, dtype: .float64) }

/// Halves until below 1: how often, and what is left.
private func halvings(_ x: Tensor) throws -> [Tensor] {
  try whileLoop([x, Tensor(Int32(0))], while: { $0[0] .>= 1 }) { [$0[0] / 2, $0[1] + 1] }
}

@Test func whileLoopRunsUntilItsConditionFails() throws {
  let result = try halvings(f64(20))
  try expectEqual(result[0], f64(0.625))
  #expect(try result[1].item(as: Int.self) == 5)
  let compiled = try jit(halvings)(f64(20))
  try expectEqual(compiled[0], f64(0.625))
}

@Test func whileLoopHasAForwardDerivative() throws {
  let result = try jvp({ try halvings($0)[0] }, f64(20), f64(1))
  try expectEqual(result.tangent, f64(1.0 / 32))
}

@Test func whileLoopIsMapped() throws {
  let result = try vmap { (x: Tensor) in try halvings(x) }(f64([0.5, 3, 20]))
  try expectEqual(result[0], f64([0.5, 0.75, 0.625]))
  #expect(try result[1].scalars(as: Int.self) == [0, 2, 5])
}

@Test func whileLoopCannotBeRunBackwards() {
  #expect(
    errorText { _ = try grad { (x: Tensor) in try halvings(x)[0] }(f64(20)) } == """
      whileLoop: there is no transpose rule
      hint: reverse mode must know the number of steps: use scan, or foriLoop with Int bounds
      """)
  #expect(
    errorText { _ = try whileLoop(f64(1), while: { $0 }, { $0 }) }
      == "whileLoop: the condition must be a bool scalar, condition f64[]")
  #expect(
    errorText { _ = try whileLoop(f64(1), while: { $0 .> 0 }, { $0.cast(to: .float32) }) }
      .hasPrefix("whileLoop: the carry changes its type, before f64[], after f32[]"))
}

@Test func foriLoopCountsAndIsDifferentiated() throws {
  func f(_ x: Tensor) throws -> Tensor {
    try foriLoop(0, 4, x) { index, carry in carry * x + index.cast(to: .float64) }
  }
  // ((((x x + 0) x + 1) x + 2) x + 3)
  let x = f64(1.5)
  try expectEqual(f(x), x * x * x * x * x + x * x + 2 * x + 3)
  try expectEqual(grad(f)(x), 5 * x * x * x * x + 2 * x + 2)
  let dynamic = try foriLoop(Tensor(Int32(1)), Tensor(Int32(5)), f64(1)) { index, carry in
    carry * index.cast(to: .float64)
  }
  try expectEqual(dynamic, f64(24))
}

private func branchy(_ x: Tensor) throws -> Tensor {
  try cond(x .> 0, x, then: { sin($0) * 2 }, else: { $0 * $0 })
}

@Test func condTakesABranch() throws {
  try expectEqual(branchy(f64(2)), 2 * sin(f64(2)))
  try expectEqual(branchy(f64(-3)), f64(9))
  let compiled = jit(branchy)
  try expectEqual(compiled(f64(2)), 2 * sin(f64(2)))
  try expectEqual(compiled(f64(-3)), f64(9))
  #expect(compiled.cacheCount == 1)
}

@Test func condIsDifferentiated() throws {
  for (x, expected) in [(f64(2), 2 * cos(f64(2))), (f64(-3), f64(-6))] {
    try expectEqual(grad(branchy)(x), expected)
    try expectEqual(jit(grad(branchy))(x), expected)
    try expectEqual(jit { (x: Tensor) in try jvp(branchy, x, f64(1)).tangent }(x), expected)
  }
  try expectEqual(jit(grad(grad(branchy)))(f64(-3)), f64(2))
  try expectEqual(jit(grad(grad(branchy)))(f64(2)), -2 * sin(f64(2)))
}

@Test func condIsMapped() throws {
  let v = f64([2, -3, 0.5])
  let expected = which(v .> 0, 2 * sin(v), v * v)
  try expectEqual(vmap(branchy)(v), expected)
  try expectEqual(jit(vmap(grad(branchy)))(v), which(v .> 0, 2 * cos(v), 2 * v))
  // An unmapped predicate stays a choice.
  let mapped = try jit { (p: Tensor, v: Tensor) in
    try vmap { (x: Tensor) in try cond(p, x, then: { $0 + 1 }, else: { $0 - 1 }) }(v)
  }(Tensor(true), v)
  try expectEqual(mapped, v + 1)
}

@Test func branchesMayCapture() throws {
  func f(_ a: Tensor, _ x: Tensor) throws -> Tensor {
    try cond(x .> 0, x, then: { $0 * a }, else: { $0 * a * a })
  }
  try expectEqual(jit(grad(argnums: 0, f))(f64(3), f64(2)), f64(2))
  try expectEqual(jit(grad(argnums: 0, f))(f64(3), f64(-2)), f64(-12))
}

@Test func switchCaseClampsItsIndex() throws {
  func f(_ index: Tensor, _ x: Tensor) throws -> Tensor {
    try switchCase(index, x, [{ $0 + 1 }, { $0 * 10 }, { -$0 }])
  }
  for (index, expected) in [(-5, 4.0), (0, 4), (1, 30), (2, -3), (9, -3)] {
    try expectEqual(f(Tensor(index), f64(3)), f64(expected))
    try expectEqual(jit(f)(Tensor(index), f64(3)), f64(expected))
  }
}

@Test func wrongBranchesAreErrors() {
  let x = f64([1, 2])
  #expect(
    errorText {
      _ = try jit { (p: Tensor) in try cond(p, x, then: { $0 }, else: { $0.cast(to: .float32) }) }(
        Tensor(true))
    } == """
      cond: the branches return different types, branch 0 f32[2], branch 1 f64[2]
      hint: convert one with cast(to:) or give it the other's shape
      """)
  #expect(
    errorText { _ = try cond(x .> 0, x, then: { $0 }, else: { $0 }) }
      == "cond: rank is 1, expected a scalar predicate, predicate bool[2]")
}
