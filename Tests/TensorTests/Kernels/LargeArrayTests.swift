import Testing

@testable import Tensor

/// Arrays above the size from which work is split over threads, against plain loops.
@Suite struct LargeArrayTests {
  private static let size = 150_001

  private static let values: [Float] = (0..<size).map {
    Float(RowInput.uniform(UInt32($0), 9)) * 2 - 1
  }

  private func expectEqual(
    _ tensor: Tensor, _ expected: [Float], sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let found: [Float] = try tensor.scalars()
    #expect(found == expected, sourceLocation: sourceLocation)
  }

  @Test func elementwise() throws {
    let x = Tensor(Self.values)
    try expectEqual(x * x, Self.values.map { $0 * $0 })
    try expectEqual(relu(x), Self.values.map { Swift.max($0, 0) })
    try expectEqual(
      clip(x, low: -0.5, high: 0.5), Self.values.map { Swift.min(Swift.max($0, -0.5), 0.5) })
    try expectEqual(pow(x, 3), Self.values.map { $0 * ($0 * $0) })
    try expectEqual(which(x .> 0, x, 0.0), Self.values.map { $0 > 0 ? $0 : 0 })
  }

  @Test func movement() throws {
    let rows = 300
    let columns = 500
    let values = Array(Self.values.prefix(rows * columns))
    let x = Tensor(values, shape: [rows, columns])
    let transposed = x.transposed().reshaped(to: [-1])
    try expectEqual(
      transposed, (0..<columns).flatMap { c in (0..<rows).map { values[$0 * columns + c] } })
    try expectEqual(flip(x).reshaped(to: [-1]), values.reversed())
    let joined = concatenate([x, x], axis: 1)
    try expectEqual(
      joined[7], Array(values[7 * columns..<8 * columns]) + values[7 * columns..<8 * columns])
    let padded = pad(x, [(1, 2), (3, 4)])
    #expect(padded.shape == [rows + 3, columns + 7])
    try expectEqual(padded[1..<(rows + 1), 3..<(columns + 3)].reshaped(to: [-1]), values)
    #expect(try sum(padded .!= 0).item(as: Int.self) == values.count { $0 != 0 })
    let spread =
      bind(
        Pad(low: [0], high: [0], interior: [2]), Tensor(values), Tensor(Float(0))) as Tensor
    try expectEqual(spread[slice(0, nil, step: 3)], values)
  }

  /// Transposed operands of every width go by blocks; the result is that of their copies.
  @Test(arguments: [DType.uint8, .float16, .float32, .float64, .complex128])
  func transposedOperands(_ dtype: DType) throws {
    // Sizes that leave rests of blocks, and an axis before and between.
    let shape: Shape = [2, 67, 3, 41]
    let count = shape.elementCount
    let x = Tensor((0..<count).map { $0 % 251 }, shape: shape, dtype: dtype)
    for order in [[0, 3, 2, 1], [3, 0, 2, 1], [2, 3, 0, 1], [3, 2, 1, 0], [1, 3, 0, 2]] {
      let view = x.transposed(order)
      // Element by element, through an index.
      let places = Tensor(Array(0..<count)).reshaped(to: shape).transposed(order)
      let copy = take(x, places.reshaped(to: [-1]), axis: nil)
      try #expect(Values(view.reshaped(to: [-1])) == Values(copy), "\(order)")
      let straight = copy.reshaped(to: view.shape)
      try #expect(Values(view + straight) == Values(straight + straight), "\(order)")
      try #expect(Values(view .== straight) == Values(Tensor.full(view.shape, true)), "\(order)")
      try #expect(Values(which(view .== straight, view, straight)) == Values(straight), "\(order)")
      for axes in [[0], [1, 2], [3], [0, 1, 2, 3], [0, 2]] {
        let (a, b) = (max(real(view), axes: axes), max(real(straight), axes: axes))
        try #expect(Values(a) == Values(b), "\(order) \(axes)")
      }
    }
  }

  /// Results that no cache holds are written past the caches.
  @Test func resultsPastTheCaches() throws {
    let piece = 60_000
    let count = piece * 150 + 7
    let x = arange(count)
    let results = [x + x, x * 3, -x, which(x .> 5, x, 0), x.cast(to: .float32)]
    func expected(_ part: Tensor) -> [Tensor] {
      [part + part, part * 3, -part, which(part .> 5, part, 0), part.cast(to: .float32)]
    }
    for start in stride(from: 0, to: count, by: piece) {
      let range = start..<Swift.min(count, start + piece)
      for (result, part) in zip(results, expected(x[range])) {
        #expect(try all(result[range] .== part).item(as: Bool.self), "\(range)")
      }
    }
  }

  @Test func reductionsAndScans() throws {
    let integers = Self.values.map { Int32($0 * 100) }
    let x = Tensor(integers)
    #expect(try sum(x).item(as: Int32.self) == integers.reduce(0, +))
    var running: Int32 = 0
    let expected = integers.map { value -> Int32 in
      running += value
      return running
    }
    #expect(try cumsum(x).scalars(as: Int32.self) == expected)
    #expect(try max(Tensor(Self.values)).item(as: Float.self) == Self.values.max())
    #expect(
      try argmax(Tensor(Self.values)).item(as: Int.self)
        == Self.values.firstIndex(of: Self.values.max() ?? 0))
    let lines = Tensor(Array(Self.values.prefix(150_000)), shape: [300, 500])
    let scanned: [Float] = try cummax(lines, axis: 0)[299].scalars()
    let highest: [Float] = (0..<500).map { column in
      (0..<300).reduce(-1) { Swift.max($0, Self.values[$1 * 500 + column]) }
    }
    #expect(scanned == highest)
  }

  @Test func sorting() throws {
    try expectEqual(sort(Tensor(Self.values)), Self.values.sorted())
    let order: [Int] = try argsort(Tensor(Self.values)).scalars()
    #expect(order.map { Self.values[$0] } == Self.values.sorted())
    let best: [Float] = try topK(Tensor(Self.values), 100).values.scalars()
    #expect(best == Array(Self.values.sorted(by: >).prefix(100)))
    let few: [Float] = try topK(Tensor(Self.values), 5).values.scalars()
    #expect(few == Array(best.prefix(5)))
  }

  @Test func gatherAndScatter() throws {
    let table = Tensor(Array(Self.values.prefix(64_000)), shape: [1000, 64])
    let ids = (0..<4000).map { ($0 * 7919) % 1000 }
    let taken = take(table, Tensor(ids), axis: 0)
    #expect(taken.shape == [4000, 64])
    try expectEqual(taken[3999], Array(Self.values[ids[3999] * 64..<(ids[3999] + 1) * 64]))
    let counts: [Int] = try Tensor.zeros([1000], dtype: .int32).at[Tensor(ids)].add(1).scalars()
    #expect(counts == (0..<1000).map { id in ids.count { $0 == id } })
  }

  /// Results do not depend on the number of threads, to the bit.
  @Test func threadsDoNotChangeBits() throws {
    let x = Tensor(Array(Self.values.prefix(2 * 32 * 32 * 64)), shape: [2, 32, 32, 64])
    let k = Tensor(Array(Self.values.suffix(9 * 64 * 16)), shape: [3, 3, 64, 16])
    let axis = ConvWindow.Axis(low: 1, high: 1)
    let convolution = ConvGeneralDilated(
      ConvWindow([axis, axis]), .channelsLast(spatial: 2))
    func compute() throws -> [[Float]] {
      let y: Tensor = bind(convolution, x, k)
      let dx = convolution.transpose([y], [.linear(x.type), .known(k)])[0] ?? y
      let dk = convolution.transpose([y], [.known(x), .linear(k.type)])[1] ?? y
      let pooled = windowMax(x, sizes: [1, 2, 2, 1], strides: [1, 2, 2, 1])
      return try [y, dx, dk, pooled, sum(x, axes: [0, 1, 2]), softmax(x)].map { try $0.scalars() }
    }
    let before = threadCount
    defer { threadCount = before }
    threadCount = 1
    let alone = try compute()
    threadCount = 3
    let together = try compute()
    #expect(alone == together)
  }
}
