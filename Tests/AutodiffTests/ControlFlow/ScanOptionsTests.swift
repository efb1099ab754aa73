import Testing

@testable import Autodiff

/// `unroll`, `reverse`, `length` and `checkpointSegments`; expected numbers are those of
/// `jax.lax.scan`.
@Suite("Options of scan")
struct ScanOptionsTests {
  private let w = Tensor([[0.3, -0.2], [0.1, 0.5]], dtype: .float64)
  private let xs = linspace(-1, 1, count: 14, dtype: .float64).reshaped(to: [7, 2])
  private let first = Tensor([0.1, 0.2], dtype: .float64)

  private func loop(
    _ xs: Tensor, reverse: Bool = false, unroll: Int = 1, segments: Int? = nil
  ) throws -> (carry: Tensor, outputs: Tensor) {
    try scan(first, xs, reverse: reverse, unroll: unroll, checkpointSegments: segments) { c, x in
      let c = tanh(matmul(c, w) + x)
      return (c, sum(c))
    }
  }

  private let carries = [
    false: Tensor([0.7941682016665751, 0.8455917047429656], dtype: .float64),
    true: Tensor([-0.847810570919053, -0.744200055844123], dtype: .float64),
  ]
  private let outputs = [
    false: Tensor(
      [
        -1.3844704638231242, -1.3649675469138525, -0.9543773742383008, -0.2717756692927539,
        0.5647484691572986, 1.2565935797453132, 1.6397599064095407,
      ], dtype: .float64),
    true: Tensor(
      [
        -1.592010626763176, -1.1562091657050142, -0.4407039249118004, 0.3703482574660505,
        1.0184370927333881, 1.4195833657424126, 1.5076190437973356,
      ], dtype: .float64),
  ]
  private let gradients = [
    false: Tensor(
      [
        -1.217010842513552, -2.350542932319929, -1.237104189833302, -2.2592929923864435,
        -1.4015162805622439, -1.490805411761649, -0.4479864672859434, 0.4574772156186784,
        1.3452029798505027, 1.7331073281941614, 1.8640404859062367, 1.570648102875723,
        1.2111163936525957, 0.9345800727103456,
      ], shape: [7, 2], dtype: .float64),
    true: Tensor(
      [
        -0.8954016557658361, -1.420602908197751, -1.2858251868281672, -2.3566355439562607,
        -0.7178296450946362, -2.152656626709122, 0.9425227407580835, -0.3815131095465879,
        1.868463759479436, 1.3550431401144296, 1.6751460941214307, 1.686550325142278,
        1.5571721844712503, 1.4929928158576595,
      ], shape: [7, 2], dtype: .float64),
  ]

  @Test("the numbers are the same however it is done", arguments: [false, true])
  func equalNumbers(reverse: Bool) throws {
    let options: [(unroll: Int, segments: Int?)] = [
      (1, nil), (2, nil), (3, nil), (7, nil), (100, nil), (1, 2), (1, 3), (1, 7), (2, 2), (1, 100),
    ]
    for (unroll, segments) in options {
      let run = { (xs: Tensor) in
        try self.loop(xs, reverse: reverse, unroll: unroll, segments: segments)
      }
      let (carry, stacked) = try run(xs)
      try expectEqual(carry, try #require(carries[reverse]), tolerance: 1e-14)
      try expectEqual(stacked, try #require(outputs[reverse]), tolerance: 1e-14)
      let gradient = grad { (xs: Tensor) in sum(square(try run(xs).outputs)) }
      try expectEqual(gradient(xs), try #require(gradients[reverse]), tolerance: 1e-13)
      try expectEqual(jit(gradient)(xs), try #require(gradients[reverse]), tolerance: 1e-13)
    }
  }

  @Test("the body is traced once")
  func traces() throws {
    for (unroll, segments) in [(1, nil), (3, nil), (1, 3)] as [(Int, Int?)] {
      var traces = 0
      _ = try scan(first, xs, unroll: unroll, checkpointSegments: segments) {
        c, x -> (Tensor, Tensor) in
        traces += 1
        return (c + x, c)
      }
      #expect(traces == 1)
    }
  }

  @Test("unrolled steps stand in the loop's body")
  func unrolledBody() throws {
    func text(_ unroll: Int) throws -> String {
      try jit { (xs: Tensor) in try self.loop(xs, unroll: unroll).outputs }.lower(xs).description
    }
    #expect(try text(1).contains("length=7"))
    let three = try text(3)
    #expect(three.contains("length=2"))
    // Three steps in the groups' body, one in that of the step that is left.
    #expect(three.ranges(of: "tanh").count == 4)
    let whole = try text(7)
    #expect(!whole.contains("scan["))
    #expect(whole.ranges(of: "tanh").count == 7)
  }

  @Test("a length without inputs, and with them")
  func lengths() throws {
    let powers = try scan(Tensor(1.0), EmptyTree(), length: 4) { c, _ in (c * 2, c) }
    try expectEqual(powers.outputs, Tensor([1.0, 2, 4, 8]))
    let sums = try scan(Tensor(0.0), Tensor([1.0, 2]), length: 2) { c, x in (c + x, c) }
    try expectEqual(sums.carry, Tensor(3.0))
    let none = try scan(Tensor(5.0), EmptyTree(), length: 0, unroll: 3) { c, _ in (c * 2, c) }
    try expectEqual(none.carry, Tensor(5.0))
    #expect(none.outputs.shape == [0])
    #expect(
      errorText { _ = try scan(Tensor(0.0), EmptyTree(), length: -1) { c, e in (c, e) } }
        == "scan: length is -1, expected at least 0")
  }

  @Test("a pair as carry")
  func pairs() throws {
    let (carry, ys) = try scan((Tensor(0.0), Tensor(1.0)), EmptyTree(), length: 6) { carry, _ in
      ((carry.1, carry.0 + carry.1), carry.0)
    }
    try expectEqual(ys, Tensor([0.0, 1, 1, 2, 3, 5]))
    try expectEqual(carry.0, Tensor(8.0))
    let (q, r) = try whileLoop((Tensor(0), Tensor(17)), while: { $0.1 .>= 5 }) {
      ($0.0 + 1, $0.1 - 5)
    }
    try expectEqual(q, Tensor(3))
    try expectEqual(r, Tensor(2))
  }

  @Test("map and switchCase as in JAX")
  func mapAndSwitch() throws {
    let m = arange(12, dtype: .float64).reshaped(to: [3, 4]) / 10
    let mapped = try map(m) { row in ["s": sum(row), "d": row * 2] }
    try expectEqual(mapped["s"] ?? 0, Tensor([0.6, 2.2, 3.8], dtype: .float64))
    try expectEqual(mapped["d"] ?? 0, m * 2)
    let sines = Tensor([0.5940229541032289, 2.07770404154558, 3.233361345396338], dtype: .float64)
    for size in [nil, 1, 2, 3, 5] {
      try expectEqual(map(m, batchSize: size) { sum(sin($0)) }, sines)
    }
    let chosen = try vmap { (i: Tensor, x: Tensor) in
      try switchCase(i, x, [{ $0 + 1 }, { $0 * 10 }, { -$0 }])
    }(Tensor([-5, 0, 1, 2, 9]), arange(5, dtype: .float32))
    try expectEqual(chosen, Tensor([1.0, 2, 20, -3, -4]))
  }
}
