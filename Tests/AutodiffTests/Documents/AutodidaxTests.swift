import Autodiff
import Testing

/// The example programs of "Autodidax: JAX core from scratch", with the values that JAX 0.10 prints.
/// Source: https://docs.jax.dev/en/latest/autodidax.html
@Suite("Document: autodidax")
struct AutodidaxTests {
  private let three = Tensor(3.0)

  private func f(_ x: Tensor) -> Tensor {
    let y = sin(x) * 2.0
    return -y + x
  }

  private func derivative(
    _ function: @escaping (Tensor) throws -> Tensor
  ) -> (Tensor) throws -> Tensor {
    { x in try jvp(function, x, Tensor(1.0)).tangent }
  }

  @Test("part 1: evaluation and jvp")
  func forwardMode() throws {
    try expectEqual(f(three), Tensor(2.7177600860595703))
    let (y, tangent) = try jvp({ f($0) }, three, Tensor(1.0))
    try expectEqual(y, Tensor(2.7177600860595703))
    try expectEqual(tangent, Tensor(2.979984998703003))
    let first = derivative { sin($0) }
    try expectEqual(first(three), Tensor(-0.9899924993515015))
    try expectEqual(derivative(first)(three), Tensor(-0.14112000167369843))
    try expectEqual(derivative(derivative(first))(three), Tensor(0.9899924993515015))
    try expectEqual(derivative(derivative(derivative(first)))(three), Tensor(0.14112000167369843))
  }

  @Test("part 1: control flow of the language")
  func ordinaryIf() throws {
    let function = derivative { x in try x.item(as: Double.self) > 0 ? 2.0 * x : x }
    try expectEqual(function(three), Tensor(2.0))
    try expectEqual(function(-three), Tensor(1.0))
  }

  @Test("part 1: trees as results")
  func trees() throws {
    struct Result: TensorTree {
      var hi: Tensor
      var there: [Tensor]
      mutating func visitTensors(_ visitor: inout TensorVisitor) {
        visitor.visit(.key("hi"), &hi)
        visitor.visit(.key("there"), &there)
      }
    }
    let (y, tangent) = try jvp(
      { x in
        let y = sin(x) * 2.0
        return Result(hi: -y + x, there: [x, y])
      }, three, Tensor(1.0))
    #expect(treeStructure(y).map(\.description) == ["['hi']", "['there'][0]", "['there'][1]"])
    try expectEqual(y.hi, Tensor(2.7177600860595703))
    try expectEqual(y.there[1], Tensor(0.28224000334739685))
    try expectEqual(tangent.hi, Tensor(2.979984998703003))
    try expectEqual(tangent.there[0], Tensor(1.0))
    try expectEqual(tangent.there[1], Tensor(-1.979984998703003))
  }

  @Test("part 1: vmap")
  func vectorized() throws {
    let y = try vmap { (scalar: Tensor) in
      #expect(scalar.rank == 0)
      return 1 + scalar
    }(arange(3, dtype: .float32))
    try expectEqual(y, Tensor([1.0, 2, 3]))
    let jacobian = try jacfwd { sin($0) }(arange(3, dtype: .float32))
    try expectEqual(
      jacobian, Tensor([[1.0, 0, 0], [0, 0.5403022766113281, 0], [0, 0, -0.416146844625473]]))
  }

  @Test("part 2: graphs as text")
  func jaxprs() throws {
    #expect(
      try makeJaxpr { (x: Tensor) in 2.0 * x }(three) == """
        { lambda ; a:f32[]. let
            b:f32[] = mul 2.0:f32[] a
          in (b,) }
        """)
    // As in the document's first version: what no argument reaches is done at once.
    #expect(
      try makeJaxpr { (_: EmptyTree) in Tensor(2.0) * Tensor(2.0) }(EmptyTree()) == """
        { lambda ; . let
          in (4.0:f32[],) }
        """)
  }

  @Test("part 3: jit")
  func compiled() throws {
    var traces = 0
    let g = jit { (x: Tensor, y: Tensor) -> Tensor in
      traces += 1
      return sin(x) * cos(y)
    }
    try expectEqual(g(three, Tensor(4.0)), Tensor(-0.09224218875169754))
    try expectEqual(g(Tensor(4.0), Tensor(5.0)), Tensor(-0.21467626094818115))
    #expect(traces == 1)
    try expectEqual(jit { (x: Tensor) in sum(x, axes: [0]) }(Tensor([1.0, 2, 3])), Tensor(6.0))
    let second = derivative(derivative { self.f($0) })
    try expectEqual(second(three), Tensor(0.28224000334739685))
    try expectEqual(jit(second)(three), Tensor(0.28224000334739685))
  }

  @Test("part 3: jvp and vmap of jit trace once")
  func transformsOfCompiled() throws {
    var traces = 0
    let compiled = jit { (x: Tensor) -> Tensor in
      traces += 1
      return self.f(x)
    }
    for _ in 0..<2 {
      let (y, tangent) = try jvp({ try compiled($0) }, three, Tensor(1.0))
      try expectEqual(y, Tensor(2.7177600860595703))
      try expectEqual(tangent, Tensor(2.979984998703003))
    }
    #expect(traces == 1)
    // The elements of an array are not weakly typed, as 3.0 is: another signature.
    for _ in 0..<2 {
      let ys = try vmap { (x: Tensor) in try compiled(x) }(arange(3, dtype: .float32))
      try expectEqual(ys, Tensor([0.0, -0.6829419136047363, 0.1814051866531372]))
    }
    #expect(traces == 2)
  }

  @Test("part 4: linearize")
  func linearized() throws {
    let (y, sine) = try linearize({ sin($0) }, three)
    try expectEqual(y, Tensor(0.14112000167369843))
    try expectEqual(sine(Tensor(1.0)), Tensor(-0.9899924993515015))
    let g = jit { (x: Tensor, y: Tensor) in cos(x) + y }
    let outer = jit { (x: Tensor) in try g(x, sin(x) * 2.0) }
    let (value, pushforward) = try linearize({ try outer($0) }, three)
    try expectEqual(value, Tensor(-0.7077524662017822))
    try expectEqual(pushforward(Tensor(1.0)), Tensor(-2.1211049556732178))
  }

  @Test("part 4: vjp and grad")
  func reverseMode() throws {
    let (_, pullback) = try vjp({ sin($0) }, three)
    try expectEqual(pullback(Tensor(1.0)), Tensor(-0.9899924993515015))
    try expectEqual(grad { self.f($0) }(three), Tensor(2.979984998703003))
    let g = jit { (x: Tensor) in cos(x) * 2.0 }
    let outer = jit { (x: Tensor) in try g(x * 2.0) }
    try expectEqual(grad { try outer($0) }(three), Tensor(1.117661952972412))
  }

  /// The document's stress test of compositions.
  private func foo(_ x: Tensor) throws -> Tensor {
    let bar = jit { (y: Tensor) -> Tensor in
      let baz: (Tensor) throws -> Tensor = { w in
        var q = try jit { (_: Tensor) in y }(x)
        q = q + (try jit { (_: EmptyTree) in y }(EmptyTree()))
        q = q + (try jit { (y: Tensor) in w + y }(y))
        let nested = jit { (_: Tensor) in try jit { (x: Tensor) in sin(x) }(x) * y }
        return try nested(Tensor(1.0)) + q
      }
      let (p, t) = try jvp(baz, x + 1.0, y)
      return t + x * p
    }
    return try bar(x)
  }

  @Test("part 4: compositions")
  func compositions() throws {
    let f: (Tensor) throws -> Tensor = { try self.foo($0) }
    let compiled: (Tensor) throws -> Tensor = { try jit(f)($0) }
    let value = Tensor(43.27008056640625)
    try expectEqual(f(three), value)
    try expectEqual(compiled(three), value)
    try expectEqual(jvp(f, three, Tensor(5.0)).value, value)
    try expectEqual(jvp(compiled, three, Tensor(5.0)).value, value)

    let derivative = Tensor(17.936786651611328)
    try expectEqual(grad(f)(three), derivative)
    try expectEqual(grad(compiled)(three), derivative)
    try expectEqual(jit(grad(compiled))(three), derivative)
    try expectEqual(jvp(f, three, Tensor(1.0)).tangent, derivative)
    try expectEqual(jvp(compiled, three, Tensor(1.0)).tangent, derivative)

    let second = Tensor(-4.867749214172363)
    try expectEqual(grad(grad(f))(three), second, tolerance: 2e-6)
    try expectEqual(grad(grad(compiled))(three), second, tolerance: 2e-6)
    try expectEqual(grad { try jit(grad(f))($0) }(three), second, tolerance: 2e-6)
    try expectEqual(jit(grad(grad(f)))(three), second, tolerance: 2e-6)
    try expectEqual(jvp(grad(f), three, Tensor(1.0)).tangent, second, tolerance: 2e-6)
    try expectEqual(
      jvp({ try jit(grad(f))($0) }, three, Tensor(1.0)).tangent, second, tolerance: 2e-6)
  }

  @Test("part 5: cond")
  func conditional() throws {
    let yes = Tensor(true)
    try expectEqual(cond(yes, then: { Tensor(3) }, else: { Tensor(4) }), Tensor(3))
    func chosen(_ x: Tensor) throws -> Tensor {
      try cond(yes, then: { x * x }, else: { Tensor(0.0) })
    }
    try expectEqual(jvp(chosen, Tensor(1.0), Tensor(1.0)).tangent, Tensor(2.0))
    let mapped = try vmap { (x: Tensor) in
      try cond(yes, then: { x + 1.0 }, else: { Tensor(0.0) })
    }(Tensor([1.0, 2, 3]))
    try expectEqual(mapped, Tensor([2.0, 3, 4]))
    let compiled = jit { (_: EmptyTree) in
      try cond(Tensor(false), then: { Tensor(1) }, else: { Tensor(2) })
    }
    try expectEqual(compiled(EmptyTree()), Tensor(2))
    // With a predicate that is not known while tracing.
    let dynamic = jit { (p: Tensor, x: Tensor) in
      try cond(p, then: { x }, else: { Tensor(0.0) })
    }
    let (_, pushforward) = try linearize({ try dynamic(yes, $0) }, Tensor(1.0))
    try expectEqual(pushforward(Tensor(3.14)), Tensor(3.14))
    try expectEqual(grad(chosen)(Tensor(1.0)), Tensor(2.0))
  }
}
