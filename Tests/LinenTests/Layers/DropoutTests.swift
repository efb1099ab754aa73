import Linen
import Testing

/// As StochasticTest in tests/linen/linen_test.py of Flax says.
@Suite("Dropout")
struct DropoutTests {
  private let ones = Tensor.ones([20, 20])

  private func output(
    _ layer: Dropout, _ x: Tensor, _ key: Key, deterministic: Bool? = nil
  ) throws -> Tensor {
    try layer.apply([:], rngs: ["dropout": key]) { $0(x, deterministic: deterministic) }
  }

  @Test func dropout() throws {
    let keys = Key(0).split()
    let layer = Dropout(0.5)
    let drawn = try (0..<2).map { try output(layer, ones, keys[$0], deterministic: false) }
    #expect(try !isEqual(drawn[0], drawn[1]))
    let still = try (0..<2).map { try output(layer, ones, keys[$0], deterministic: true) }
    #expect(try isEqual(still[0], still[1]))
    try expectEqual(still[0], ones)
  }

  @Test("within four deviations", arguments: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9])
  func dropoutRateStats(_ rate: Double) throws {
    let keys = Key(Int(rate * 10)).split(10)
    let x = Tensor.ones([100, 100])
    var kept = 0.0
    for index in 0..<10 {
      let y = try output(Dropout(rate), x, keys[index], deterministic: false)
      kept += try sum((y .> 0).cast(to: .float32)).item(as: Double.self)
    }
    let deviation = (rate * (1 - rate) / 100_000).squareRoot()
    #expect(abs(kept / 100_000 - (1 - rate)) < 4 * deviation)
  }

  @Test func dropoutRateLimits() throws {
    let key = Key(0)
    try expectEqual(try output(Dropout(0), ones, key, deterministic: false), ones)
    let all = Dropout(1)
    try expectEqual(
      try output(all, ones, key, deterministic: false), Tensor.zeros([20, 20]))
    let slope = try grad(ones) { sum(try output(all, $0, key, deterministic: false)) }
    #expect(try slope.scalars(as: Double.self).allSatisfy { $0 == 0 })
  }

  @Test(arguments: [
    (2, [1]), (2, [0]), (3, [1, 2]), (3, [1]), (4, [0, 2, 3]), (4, [0, 1]), (4, [3]),
  ])
  func dropoutBroadcast(_ rank: Int, _ broadcastDims: [Int]) throws {
    let layer = Dropout(0.5, broadcastDims: broadcastDims, deterministic: false)
    let x = Tensor.ones(Shape(Array(repeating: 10, count: rank)))
    let sums = sum(try output(layer, x, Key(0)), axes: broadcastDims)
    let total = broadcastDims.reduce(2.0) { value, _ in value * 10 }
    let values = try sums.scalars(as: Double.self)
    #expect(values.allSatisfy { $0 == 0 || $0 == total })
    #expect(Set(values).count == 2)
  }

  @Test func dropoutManualRNG() throws {
    let model = Model { module, x in
      let key = module.makeRNG("dropout")
      return stack([
        Dropout(0.5)(x, deterministic: false, rng: key),
        Dropout(0.5)(x, deterministic: false, rng: key),
      ])
    }
    let y = try model.apply([:], rngs: ["dropout": Key(0)]) { $0(ones) }
    try expectEqual(y[0], y[1])
    #expect(try !isEqual(y[0], ones))
  }

  @Test("deterministic is said once")
  func deterministic() {
    #expect(
      errorText { _ = try output(Dropout(0.5), ones, Key(0)) }.contains(
        "Parameter \"deterministic\" must be passed to the constructor or at call time."))
    let layer = Dropout(0.5, deterministic: false)
    #expect(
      errorText { _ = try output(layer, ones, Key(0), deterministic: true) }.contains(
        "Parameter \"deterministic\" was passed to the constructor and at call time."))
  }
}
