import Linen
import Testing

/// As PoolTest in tests/linen/linen_test.py of Flax says.
@Suite("Pooling")
struct PoolingTests {
  @Test func poolCustomReduce() throws {
    let x = Tensor.full([1, 3, 3, 1], 2)
    try expect(
      pool(x, 1, [2, 2], strides: [1, 1]) { $0 * $1 }, [1, 2, 2, 1], allEqual: 16)
  }

  @Test("a custom reduction is that of the same name, with strides and padding")
  func poolCustomReduceEqualsMaximum() throws {
    let x = Random.normal(Key(0), [2, 7, 6, 3])
    for padding: Padding in [.same, .valid, .sameLower, .pairs([(1, 2), (0, 1)])] {
      let own = pool(x, -.infinity, [3, 2], strides: [2, 3], padding: padding) { maximum($0, $1) }
      try expectEqual(own, maxPool(x, [3, 2], strides: [2, 3], padding: padding))
    }
    let total = pool(x, 0, [2, 2]) { $0 + $1 }
    try expectNear(total / 4, avgPool(x, [2, 2]))
    let slope = try grad(x) { x in
      let sums: Tensor = pool(x, 0, [2, 2]) { $0 + $1 }
      return sum(sums)
    }
    let expected = try grad(x) { x in sum(avgPool(x, [2, 2]) * 4.0) }
    try expectNear(slope, expected)
  }

  @Test(arguments: [true, false], [[1, 3, 3, 1], [3, 3, 1]])
  func avgPoolValue(_ countIncludePad: Bool, _ shape: [Int]) throws {
    let x = Tensor.full(Shape(shape), 2.0)
    func pooled(_ x: Tensor) -> Tensor {
      avgPool(x, [2, 2], countIncludePad: countIncludePad)
    }
    try expect(pooled(x), shape.dropLast(3) + [2, 2, 1], allEqual: 2)
    let slope = try grad(x) { sum(pooled($0)) }
    try expect(slope, shape, [0.25, 0.5, 0.25, 0.5, 1, 0.5, 0.25, 0.5, 0.25])
  }

  @Test func maxPoolValue() throws {
    let x = arange(9).cast(to: .float32).reshaped(to: [1, 3, 3, 1])
    try expect(maxPool(x, [2, 2]), [1, 2, 2, 1], [4, 5, 7, 8])
    let slope = try grad(x) { sum(maxPool($0, [2, 2])) }
    try expect(slope, [1, 3, 3, 1], [0, 0, 0, 0, 1, 1, 0, 1, 1])
  }

  @Test(arguments: [true, false])
  func avgPoolPaddingSame(_ countIncludePad: Bool) throws {
    let x = Tensor([1.0, 2, 3, 4]).reshaped(to: [1, 2, 2, 1])
    let y = avgPool(x, [2, 2], padding: .same, countIncludePad: countIncludePad)
    try expect(
      y, [1, 2, 2, 1], countIncludePad ? [2.5, 1.5, 1.75, 1] : [2.5, 3, 3.5, 4])
  }

  @Test(arguments: [[1, 8, 32, 32, 3], [32, 32, 3]])
  func poolingVariableBatchDims(_ shape: [Int]) {
    let y = maxPool(Tensor.zeros(Shape(shape)), [2, 2], strides: [2, 2])
    #expect(y.shape.dimensions == shape.dropLast(3) + [16, 16, 3])
  }
}
