import Tensor
import TestSupport
import Testing

/// The path through primitives, which traced keys take, gives the bits of the one pass in C.
@Suite struct ComposedTests {
  static let shapes: [Shape] = [[], [0], [1], [2], [7], [3, 5], [33_000], [3, 40_001]]
  static let layouts: [ThreefryLayout] = [.partitionable, .original]

  private func scalar(_ value: Double) -> Tensor { Tensor(value, dtype: .float32) }

  @Test(arguments: shapes, layouts)
  func uniform(shape: Shape, layout: ThreefryLayout) {
    let key = Key(11, layout: layout)
    let composed = Random.composedUniform(
      key, shape, .float32, low: scalar(-0.7), high: scalar(3.1))
    #expect(Digest(composed) == Digest(Random.uniform(key, shape, low: -0.7, high: 3.1)))
  }

  @Test(arguments: shapes, layouts)
  func normal(shape: Shape, layout: ThreefryLayout) {
    let key = Key(12, layout: layout)
    let composed = Random.composedNormal(key, shape, .float32)
    #expect(Digest(composed) == Digest(Random.normal(key, shape)))
    let scaled = Mul()(composed, scalar(0.37).broadcast(to: shape))
    #expect(Digest(scaled) == Digest(Random.normal(key, shape, .float32, scale: 0.37)))
  }

  @Test(arguments: shapes, layouts)
  func truncatedNormal(shape: Shape, layout: ThreefryLayout) {
    let key = Key(13, layout: layout)
    let composed = Random.composedTruncatedNormal(
      key, shape, .float32, lower: scalar(-1.2), upper: scalar(0.4))
    #expect(Digest(composed) == Digest(Random.truncatedNormal(key, -1.2, 0.4, shape)))
    let scaled = Mul()(composed, scalar(0.37).broadcast(to: shape))
    let fused = Random.truncatedNormal(key, -1.2, 0.4, shape, .float32, scale: 0.37)
    #expect(Digest(scaled) == Digest(fused))
  }

  @Test(arguments: shapes, layouts)
  func bernoulli(shape: Shape, layout: ThreefryLayout) {
    let key = Key(14, layout: layout)
    let composed = Random.composedBernoulli(key, shape, scalar(0.61), .low)
    #expect(composed.dtype == .bool)
    #expect(Digest(composed) == Digest(Random.bernoulli(key, 0.61, shape)))
  }

  @Test(arguments: layouts)
  func keys(layout: ThreefryLayout) {
    let key = Key(15, layout: layout)
    let split = bind(RandomSplit([5], layout: layout), key.data)
    #expect(Key(data: split, layout: layout) == key.split(into: [5]))
    #expect((0..<5).allSatisfy { key.split(into: [5])[$0] == key.split(5)[$0] })
    let folded = bind(RandomFoldIn(), key.data, Tensor(77 as UInt32))
    #expect(Key(data: folded, layout: layout) == key.foldIn(77))
  }

  @Test func batchedBitsAreThoseOfEachKey() throws {
    for layout in Self.layouts {
      let keys = Key(16, layout: layout).split(into: [3])
      let bits = bind(RandomBits([2, 3], width: 32, layout: layout), keys.data)
      #expect(bits.shape == [3, 2, 3])
      let rows = try bits.scalars(as: UInt32.self)
      for index in 0..<3 {
        let own = try Random.bits(keys[index], [2, 3]).scalars(as: UInt32.self)
        #expect(Array(rows[6 * index..<6 * index + 6]) == own)
      }
    }
  }
}
