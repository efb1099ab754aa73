import Autodiff
import Testing

/// Carries and outputs of all kinds: integers, keys, values that never vary, nothing at all.
@Suite("Kinds of carries")
struct CarryTests {
  private let x = Tensor([0.5, -1.5], dtype: .float64)

  private struct State: TensorTree {
    var value: Tensor
    var count: Tensor
    mutating func visitTensors(_ visitor: inout TensorVisitor) {
      visitor.visit(.field("value"), &value)
      visitor.visit(.field("count"), &count)
    }
  }

  /// x (1 x) (2 x) (3 x): the count is an integer.
  private func factorials(_ x: Tensor) throws -> Tensor {
    let (state, counts) = try scan(State(value: x, count: Tensor(1)), EmptyTree(), length: 3) {
      state, _ in
      let factor = state.count.cast(to: .float64)
      return (State(value: state.value * factor * x, count: state.count + 1), state.count)
    }
    #expect(counts.dtype == .int32)
    return state.value
  }

  @Test("an integer in the carry")
  func integers() throws {
    try expectEqual(factorials(x), 6 * pow(x, 4))
    try expectEqual(grad { sum(try self.factorials($0)) }(x), 24 * pow(x, 3))
    try expectEqual(jit(grad { sum(try self.factorials($0)) })(x), 24 * pow(x, 3))
    try expectEqual(jvp(factorials, x, x).tangent, 24 * pow(x, 4))
    try expectEqual(vmap(grad { try self.factorials($0) })(x), 24 * pow(x, 3))
  }

  @Test("a key in the carry draws the same numbers compiled or not")
  func keys() throws {
    func walk(_ x: Tensor) throws -> Tensor {
      try scan(TreePair(Key(7), x), EmptyTree(), length: 4) { carry, _ in
        let keys = carry.parts.0.split()
        let noise = Random.normal(keys[1], [2], dtype: .float64)
        return (TreePair(keys[0], carry.parts.1 * noise), EmptyTree())
      }.carry.parts.1
    }
    var (key, product) = (Key(7), Tensor([1.0, 1], dtype: .float64))
    for _ in 0..<4 {
      let keys = key.split()
      (key, product) = (keys[0], product * Random.normal(keys[1], [2], dtype: .float64))
    }
    try expectEqual(walk(x), x * product, tolerance: 1e-14)
    try expectEqual(grad { sum(try walk($0)) }(x), product, tolerance: 1e-14)
    try expectEqual(jit(grad { sum(try walk($0)) })(x), product, tolerance: 1e-14)
  }

  @Test("a carry that starts as a constant, and one that the body drops")
  func constants() throws {
    func f(_ x: Tensor) throws -> Tensor {
      let zero = Tensor([0.0, 0], dtype: .float64)
      let (carry, ys) = try scan([zero, x], stack([x, x * 2])) { carry, y in
        ([carry[0] + carry[1] * y, zero + 1], carry[0])
      }
      return sum(carry[0] * carry[0]) + sum(carry[1]) + sum(ys)
    }
    // carry[0]: 0, x x, x x + 2 x; carry[1]: x, 1, 1.
    func plain(_ x: Tensor) -> Tensor {
      let last = x * x + 2 * x
      return sum(last * last) + 2 + sum(x * x)
    }
    try expectEqual(f(x), plain(x))
    try expectEqual(grad(f)(x), grad { plain($0) }(x), tolerance: 1e-13)
    try expectEqual(jit(grad(f))(x), grad { plain($0) }(x), tolerance: 1e-13)
    try expectEqual(jvp(f, x, x).tangent, jvp({ plain($0) }, x, x).tangent, tolerance: 1e-13)
    try expectEqual(
      jvp(grad(f), x, x).tangent, jvp(grad { plain($0) }, x, x).tangent, tolerance: 1e-12)
  }

  @Test("loops in loops")
  func nested() throws {
    func f(_ x: Tensor) throws -> Tensor {
      try scan(x, EmptyTree(), length: 2) { outer, _ in
        let inner = try scan(outer, stack([x, x * 2]), reverse: true) { c, y in
          (sin(c + y) * outer, c)
        }
        return (inner.carry + sum(inner.outputs, axes: [0]), EmptyTree())
      }.carry
    }
    func plain(_ x: Tensor) -> Tensor {
      (0..<2).reduce(x) { outer, _ in
        let first = sin(outer + x * 2) * outer
        return sin(first + x) * outer + first + outer
      }
    }
    try expectEqual(f(x), plain(x), tolerance: 1e-14)
    let expected = try grad { sum(plain($0)) }(x)
    let gradient = grad { x in sum(try f(x)) }
    try expectEqual(try gradient(x), expected, tolerance: 1e-12)
    try expectEqual(try jit(gradient)(x), expected, tolerance: 1e-12)
    try expectEqual(try vmap(grad { x in try f(x) })(x), expected, tolerance: 1e-12)
    let second = try jvp(grad { sum(plain($0)) }, x, x).tangent
    try expectEqual(try jvp(gradient, x, x).tangent, second, tolerance: 1e-12)
  }

  @Test("branches with integers, and outputs that do not vary")
  func branches() throws {
    func f(_ x: Tensor) throws -> Tensor {
      let (value, index) = try cond(
        sum(x) .> 0, x, then: { TreePair(sin($0), Tensor(2)) },
        else: { _ in TreePair(Tensor([1.0, 1], dtype: .float64), Tensor(3)) }
      ).parts
      return sum(value * x * index.cast(to: .float64))
    }
    let positive = -x
    func plain(_ x: Tensor) -> Tensor { sum(sin(x) * x * 2) }
    try expectEqual(grad(f)(positive), grad { plain($0) }(positive))
    try expectEqual(jit(grad(f))(positive), grad { plain($0) }(positive))
    try expectEqual(jit(grad(f))(x), Tensor([3.0, 3], dtype: .float64))
    try expectEqual(
      jit(vmap(grad(f)))(stack([x, positive])),
      stack([Tensor([3.0, 3], dtype: .float64), grad { plain($0) }(positive)]))
  }

  @Test("a loop whose condition captures what vmap maps")
  func mappedConditions() throws {
    func doublings(_ limit: Tensor, _ x: Tensor) throws -> Tensor {
      try whileLoop(x, while: { $0 .< limit }) { $0 * 2 }
    }
    let limits = Tensor([3.0, 10, 1])
    try expectEqual(
      vmap(inAxes: [0, nil], doublings)(limits, Tensor(1.0)), Tensor([4.0, 16, 1]))
    try expectEqual(
      jit(vmap(inAxes: [0, nil], doublings))(limits, Tensor(1.0)), Tensor([4.0, 16, 1]))
    try expectEqual(
      vmap { (limit: Tensor) in try jvp({ try doublings(limit, $0) }, limit * 0 + 1, limit).tangent
      }(
        limits), Tensor([12.0, 160, 1]))
  }

  /// The carry before a step lives in the stack that it is put out to.
  @Test(
    "a carry that is put out as it came in",
    arguments: [(1, false), (2, true), (5, false), (5, true)])
  func carriesPutOut(length: Int, reverse: Bool) throws {
    let steps = arange(length, dtype: .float64)
    func f(_ x: Tensor, _ y: Tensor) throws -> [Tensor] {
      let (carry, outputs) = try scan([x, y], steps, reverse: reverse) { carry, step in
        let next = [carry[1] * 2 + step, carry[0] - step]
        return (next, [carry[0], next[0], carry[0], carry[1]])
      }
      return carry + outputs
    }
    var (a, b) = (x, x + 1)
    var rows: [[Tensor]] = []
    for step in reverse ? Array((0..<length).reversed()) : Array(0..<length) {
      let next = [b * 2 + Double(step), a - Double(step)]
      rows.append([a, next[0], a, b])
      (a, b) = (next[0], next[1])
    }
    if reverse { rows.reverse() }
    let expected = [a, b] + (0..<4).map { output in stack(rows.map { $0[output] }) }
    let y = x + 1
    for results in [try f(x, y), try jit { try f($0, $1) }(x, y)] {
      for (found, expected) in zip(results, expected) { try expectEqual(found, expected) }
    }
  }
}
