import Autodiff
import Testing

private func values(_ numbers: [Double]) -> Tensor { Tensor(numbers, dtype: .float64) }

/// x^n as a loop whose body captures x.
private func power(_ x: Tensor, _ n: Int) throws -> Tensor {
  try scan(Tensor.ones([], dtype: .float64), EmptyTree(), length: n) { carry, _ in
    (carry * x, EmptyTree())
  }.carry
}

@Test func scanCarriesAndStacks() throws {
  let (total, partial) = try scan(Tensor(0.0, dtype: .float64), values([1, 2, 3, 4])) { carry, x in
    (carry + x, carry + x)
  }
  try expectEqual(total, Tensor(10.0, dtype: .float64))
  try expectEqual(partial, values([1, 3, 6, 10]))
}

@Test func scanGoesBackwards() throws {
  let zero = Tensor(0.0, dtype: .float64)
  let (total, partial) = try scan(zero, values([1, 2, 3, 4]), reverse: true) { carry, x in
    (carry * 2 + x, carry)
  }
  try expectEqual(total, Tensor(49.0, dtype: .float64))
  try expectEqual(partial, values([24, 11, 4, 0]))
}

@Test func scanIsDifferentiatedThroughWhatItsBodyCaptures() throws {
  let x = Tensor(1.5, dtype: .float64)
  let one = Tensor(1, dtype: .float64)
  try expectEqual(jvp({ try power($0, 3) }, x, one).tangent, 3 * x * x)
  try expectEqual(grad { try power($0, 3) }(x), 3 * x * x)
  try expectEqual(grad(grad { try power($0, 3) })(x), 6 * x)
  try expectEqual(grad(grad(grad { try power($0, 4) }))(x), 24 * x)
  try expectEqual(jvp(grad { try power($0, 3) }, x, one).tangent, 6 * x)
}

@Test func scanIsMapped() throws {
  let v = values([0.5, 1, 2])
  try expectEqual(vmap { (x: Tensor) in try power(x, 3) }(v), v * v * v)
  try expectEqual(vmap(grad { (x: Tensor) in try power(x, 3) })(v), 3 * v * v)
  try expectEqual(
    grad { (v: Tensor) in sum(try vmap { (x: Tensor) in try power(x, 3) }(v)) }(v), 3 * v * v)
}

@Test func scanIsCompiled() throws {
  let x = Tensor(1.5, dtype: .float64)
  try expectEqual(jit { (x: Tensor) in try power(x, 5) }(x), x * x * x * x * x)
  try expectEqual(jit(grad { (x: Tensor) in try power(x, 5) })(x), 5 * x * x * x * x)
  try expectEqual(
    grad { (x: Tensor) in try jit { (y: Tensor) in try power(y, 5) }(x) }(x), 5 * x * x * x * x)
}

/// A recurrent network: gradients by constants, carry and inputs equal those of the unrolled loop.
@Test func gradientsOfARecurrentNetwork() throws {
  struct Model: TensorTree {
    var w: Tensor
    var u: Tensor
    var h: Tensor
    var x: Tensor
    mutating func visitTensors(_ visitor: inout TensorVisitor) {
      visitor.visit(.field("w"), &w)
      visitor.visit(.field("u"), &u)
      visitor.visit(.field("h"), &h)
      visitor.visit(.field("x"), &x)
    }
  }
  let model = Model(
    w: Random.normal(Key(0), [4, 4], dtype: .float64),
    u: Random.normal(Key(1), [3, 4], dtype: .float64),
    h: Random.normal(Key(2), [2, 4], dtype: .float64),
    x: Random.normal(Key(3), [6, 2, 3], dtype: .float64))
  func cell(_ m: Model, _ h: Tensor, _ x: Tensor) -> Tensor {
    tanh(matmul(h, m.w) + matmul(x, m.u))
  }
  func scanned(_ m: Model) throws -> Tensor {
    let (h, ys) = try scan(m.h, m.x) { h, x in
      let new = cell(m, h, x)
      return (new, sin(new))
    }
    return sum(h * h) + sum(ys)
  }
  func unrolled(_ m: Model) -> Tensor {
    var h = m.h
    var total = Tensor(0, dtype: .float64)
    for step in 0..<6 {
      h = cell(m, h, unstack(m.x)[step])
      total += sum(sin(h))
    }
    return sum(h * h) + total
  }
  let (a, b) = (try valueAndGrad(model, scanned), try valueAndGrad(model, unrolled))
  try expectEqual(a.value, b.value)
  for (x, y) in zip(treeLeaves(a.gradient), treeLeaves(b.gradient)) {
    try expectEqual(x, y, tolerance: 1e-12)
  }
  let compiled = try jit { (m: Model) in try grad(m, scanned) }(model)
  for (x, y) in zip(treeLeaves(compiled), treeLeaves(b.gradient)) {
    try expectEqual(x, y, tolerance: 1e-12)
  }
}

@Test func wrongUseOfScanIsAnError() {
  #expect(
    errorText {
      _ = try scan(Tensor(0), values([1, 2])) { carry, x in (carry + x, x) }
    } == """
      scan: the carry changes its type, before i32[], after f64[]
      hint: make the first carry of the type that the body returns, or convert with cast(to:)
      """)
  #expect(
    errorText {
      _ = try scan(Tensor(0.0), ["a": values([1, 2]), "b": values([1])]) { c, x in (c, x) }
    }
      == "scan: lengths: inputs['a'] f64[2] axis 0 = 2 and the leading axis differ, inputs['b'] f64[1] axis 0 = 1"
  )
  #expect(
    errorText { _ = try scan(Tensor(0.0), EmptyTree()) { c, x in (c, x) } }
      == "scan: there are no inputs and no length\nhint: pass length: to say how often to go round")
}

@Test func aScanOfNoStepsGivesTheFirstCarry() throws {
  let (carry, outputs) = try scan(values([7]), Tensor.zeros([0, 1], dtype: .float64)) { c, x in
    (c + x, c)
  }
  try expectEqual(carry, values([7]))
  #expect(outputs.shape == [0, 1])
}
