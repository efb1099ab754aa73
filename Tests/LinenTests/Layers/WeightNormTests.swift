import Linen
import Testing

/// As NormalizationTest in tests/linen/linen_test.py of Flax says of WeightNorm.
@Suite("WeightNorm")
struct WeightNormTests {
  @Test(
    arguments: [
      ([-1], [0], "kernel"), ([0], [1], "kernel"), ([0, 1], [], "kernel"), ([], [0, 1], "kernel"),
      (nil, [0, 1], "kernel"), ([0], [], "bias"), ([], [-1], "bias"),
    ] as [([Int]?, [Int], String)])
  func manualWeightNorm(_ featureAxes: [Int]?, _ reduced: [Int], _ name: String) throws {
    let keys = Key(1).split()
    let x = Random.normal(keys[0], [1, 3])
    let model = Model { _, x in
      WeightNorm(
        Dense(2, biasInit: .normal()), featureAxes: featureAxes.map { Axes($0) },
        variableFilter: [name])(x)
    }
    let variables = treeMap(try model.initialize(keys[1]) { $0(x) }) { $0 + 0.5 }
    let y = try model.apply(variables) { $0(x) }
    let params: Variables = variables["params"]
    func weight(_ weight: String) -> Tensor {
      let value: Tensor = params["Dense_0"][weight]
      guard weight == name else { return value }
      let scale: Tensor = params["WeightNorm_0"]["Dense_0/\(weight)/scale"]
      let length = sqrt(sum(square(value), axes: reduced, keepingAxes: true))
      return value / length * expandDims(scale, axes: reduced)
    }
    try expectNear(y, matmul(x, weight("kernel")) + weight("bias"))
  }

  private static let inner: Set<String> = [
    "Baz_0/Dense_0/kernel", "Dense_0/kernel", "Baz_1/Dense_0/kernel", "Dense_1/kernel",
  ]

  @Test(
    arguments: [
      ([], true, true), (nil, true, true), (["kernel", "bias"], true, true), (["Bar"], true, true),
      (["kernel"], false, false), (["Baz", "kernel"], true, false),
    ] as [(Set<String>?, Bool, Bool)])
  func weightNormVariableFilter(
    _ filter: Set<String>?, _ inBaz: Bool, _ elsewhere: Bool
  ) throws {
    let model = Model { _, x in WeightNorm(Bar(), variableFilter: filter)(x) }
    let variables = try model.initialize(Key(0)) { $0(Tensor.ones([1, 4])) }
    var expected = Self.inner
    for path in Self.inner where path.hasPrefix("Baz") ? inBaz : elsewhere {
      expected.insert(path.replacing("kernel", with: "bias"))
    }
    let scales: Variables = variables["params"]["WeightNorm_0"]
    #expect(Set(scales.keys) == Set(expected.map { "Bar_0/\($0)/scale" }))
  }

  static let models: [(Model, Set<String>)] = [
    (Model { _, x in Dense(4)(WeightNorm(Dense(6))(Dense(8)(x))) }, ["Dense_1/kernel/scale"]),
    (
      Model { _, x in
        let image = Dense(9)(x).reshaped(to: [1, 3, 3])
        return Dense(4)(WeightNorm(Conv(2, [2, 2]))(image).reshaped(to: [1, -1]))
      }, ["Conv_0/kernel/scale"]
    ),
    (
      Model { _, x in
        let (a, b) = (Dense(4)(x), Dense(4)(x))
        let norm = WeightNorm(MultiHeadDotProductAttention(4))
        return Dense(4)(norm { $0(a, b) })
      },
      Set(
        ["key", "out", "query", "value"].map {
          "MultiHeadDotProductAttention_0/\($0)/kernel/scale"
        })
    ),
  ]

  @Test(arguments: WeightNormTests.models.indices)
  func weightNormTrain(_ index: Int) throws {
    let keys = Key(0).split(3)
    let (x, y) = (Random.normal(keys[0], [1, 4]), Random.normal(keys[1], [1, 4]))
    let (model, paths) = Self.models[index]
    var params = try model.initialize(keys[2]) { $0(x) }
    let scales: Variables = params["params"]["WeightNorm_0"]
    #expect(Set(scales.keys) == paths)
    var last = Double.infinity
    for _ in 0..<10 {
      let (loss, gradients) = try valueAndGrad(params) { params in
        mean(square(try model.apply(params) { $0(x) } - y)) / 2
      }
      let value = try loss.item(as: Double.self)
      #expect(value < last)
      last = value
      params = treeMap(params, gradients) { $0 - $1 * 0.01 }
    }
  }

  @Test func weightNormCompatibilityWithPartitioning() throws {
    let x = Tensor.ones([10, 10])
    let boxed = withPartitioning(.lecunNormal(), [.name("x")])
    let plain = try WeightNorm(Dense(10)).initialize(Key(0)) { $0(x) }
    let sharded = try WeightNorm(Dense(10, kernelInit: boxed)).initialize(Key(0)) { $0(x) }
    let (a, b): (Variables, Variables) = (plain["params"], sharded["params"])
    let (scale, boxedScale): (Tensor, Tensor) = (
      a["layer_instance/kernel/scale"], b["layer_instance/kernel/value/scale"]
    )
    try expectEqual(boxedScale, scale)
    try expectEqual(
      (b["layer_instance"] as Variables).unboxed, a["layer_instance"] as Variables)
  }
}

private final class Baz: Module, UnaryLayer, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor { compact(x) { x in Dense(2)(x) } }
}

private final class Bar: Module, UnaryLayer, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in Dense(3)(Baz()(Dense(3)(Baz()(x)))) }
  }
}
