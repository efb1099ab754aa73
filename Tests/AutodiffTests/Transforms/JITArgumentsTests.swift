import Autodiff
import Testing

/// Static and donated arguments, and the numbers of arguments and results.
@Suite("Arguments of jit")
struct JITArgumentsTests {
  @Test("a static argument is known to the trace, which is done for each value")
  func staticArguments() throws {
    var traces = 0
    let power = jit { (x: Tensor, n: Int) -> Tensor in
      traces += 1
      return (0..<n).reduce(Tensor(1.0)) { y, _ in y * x }
    }
    try expectEqual(power(Tensor(2.0), 3), Tensor(8.0))
    try expectEqual(power(Tensor(3.0), 3), Tensor(27.0))
    #expect(traces == 1)
    try expectEqual(power(Tensor(2.0), 5), Tensor(32.0))
    #expect(traces == 2)
    let flagged = jit { (x: Tensor, y: Tensor, adds: Bool) in adds ? x + y : x - y }
    try expectEqual(flagged(Tensor(5.0), Tensor(2.0), true), Tensor(7.0))
    try expectEqual(flagged(Tensor(5.0), Tensor(2.0), false), Tensor(3.0))
  }

  @Test("static parts may stand in any place")
  func staticParts() throws {
    struct Configured: TensorTree {
      var rate: Static<String>
      var x: Tensor
      mutating func visitTensors(_ visitor: inout TensorVisitor) {
        visitor.visit(.field("rate"), &rate)
        visitor.visit(.field("x"), &x)
      }
    }
    let f = jit { (n: Static<Int>, c: Configured) in
      c.rate.value == "double" ? c.x * Double(2 * n.value) : c.x * Double(n.value)
    }
    try expectEqual(f(Static(3), Configured(rate: Static("double"), x: Tensor(1.0))), Tensor(6.0))
    try expectEqual(f(Static(3), Configured(rate: Static("plain"), x: Tensor(1.0))), Tensor(3.0))
    try expectEqual(f(Static(4), Configured(rate: Static("plain"), x: Tensor(1.0))), Tensor(4.0))
    #expect(f.cacheCount == 3)
  }

  @Test("static arguments under other transforms")
  func staticUnderTransforms() throws {
    let power = jit { (x: Tensor, n: Int) in (0..<n).reduce(x) { y, _ in y * x } }
    try expectEqual(grad { (x: Tensor) in try power(x, 2) }(Tensor(2.0)), Tensor(12.0))
    try expectEqual(
      vmap { (x: Tensor) in try power(x, 1) }(Tensor([1.0, 2, 3])), Tensor([1.0, 4, 9]))
  }

  @Test("an argument that the caller gives up lends its memory to a result")
  func donation() throws {
    let step = jit { (x: Tensor, y: Tensor) in x * 2 + y }
    let state = Tensor.ones([1000]) + 1
    let other = Tensor.ones([1000]) + 2
    let address = state.array?.data
    let next = try step(consume state, other)
    #expect(next.array?.data == address)
    try expectEqual(next, Tensor.full([1000], 7.0))
    // Kept by somebody, it is left alone.
    let kept = next
    let after = try step(next, other)
    #expect(after.array?.data != kept.array?.data)
    try expectEqual(kept, Tensor.full([1000], 7.0))
    try expectEqual(after, Tensor.full([1000], 17.0))
  }

  @Test("parts of trees are donated too")
  func donationOfTrees() throws {
    let step = jit { (p: [String: Tensor], g: [String: Tensor]) in
      treeMap(p, g) { $0 - 0.5 * $1 }
    }
    let gradients = ["w": Tensor.ones([64]) + 1, "b": Tensor.ones([8]) + 1]
    let parameters = ["w": Tensor.ones([64]) + 0, "b": Tensor.ones([8]) + 0]
    let addresses = treeLeaves(parameters).map { $0.array?.data }
    let next = try step(consume parameters, gradients)
    #expect(treeLeaves(next).map { $0.array?.data } == addresses)
    try expectEqual(next["w"] ?? 1, Tensor.zeros([64]))
  }

  @Test("one to four arguments, one to three results")
  func arities() throws {
    let (a, b, c, d) = (Tensor(1.0), Tensor(2.0), Tensor(3.0), Tensor(4.0))
    let four = jit { (a: Tensor, b: Tensor, c: Tensor, d: Tensor) in a + b * c - d }
    try expectEqual(four(a, b, c, d), Tensor(3.0))
    let pair = jit { (x: Tensor) in (x + 1, [x]) }
    let (y, list) = try pair(a)
    try expectEqual(y, Tensor(2.0))
    try expectEqual(list[0], a)
    let triple = jit { (a: Tensor, b: Tensor, c: Tensor) in (a + b, b + c, ["k": a * c]) }
    let (u, v, w) = try triple(a, b, c)
    try expectEqual(u, Tensor(3.0))
    try expectEqual(v, Tensor(5.0))
    try expectEqual(w["k"] ?? 0, Tensor(3.0))
    let update = jit { (a: Tensor, b: Tensor, c: Tensor, d: Tensor) in (a + d, b * c) }
    let (sum, product) = try update(a, b, c, d)
    try expectEqual(sum, Tensor(5.0))
    try expectEqual(product, Tensor(6.0))
  }

  @Test("results are the same bits for any number of threads")
  func threads() throws {
    let w = Random.normal(Key(0), [96, 96])
    let x = Random.normal(Key(1), [64, 33, 96])
    func loss(_ w: Tensor, _ x: Tensor) throws -> Tensor {
      let h = gelu(matmul(x, w))
      let centred = h - mean(h, axes: [-1], keepingAxes: true)
      let y = centred * rsqrt(mean(centred * centred, axes: [-1], keepingAxes: true) + 1e-6)
      let attention = softmax(matmul(y, swapAxes(y, -1, -2)), axis: -1)
      let (carry, _) = try scan(y[0], y) { c, y in (tanh(matmul(c, w) + y), EmptyTree()) }
      return mean(square(matmul(attention, y))) + sum(carry)
    }
    let compiled = jit(valueAndGradTogether(loss))
    let before = threadCount
    defer { threadCount = before }
    var results: [[Float]] = []
    for count in [1, 2, 3, 5] {
      threadCount = count
      results.append(try compiled(w, x).flatMap { try $0.scalars(as: Float.self) })
    }
    #expect(results.allSatisfy { $0 == results[0] })
  }

  private func valueAndGradTogether(
    _ loss: @escaping (Tensor, Tensor) throws -> Tensor
  ) -> (Tensor, Tensor) throws -> [Tensor] {
    { w, x in
      let (value, gradient) = try valueAndGrad(loss)(w, x)
      return [value, gradient]
    }
  }
}
