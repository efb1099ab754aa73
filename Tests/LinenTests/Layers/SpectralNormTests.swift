import Linen
import Testing

/// As NormalizationTest in tests/linen/linen_test.py of Flax says of SpectralNorm.
@Suite("SpectralNorm")
struct SpectralNormTests {
  static let models: [(Model, Set<String>)] = [
    (
      Model { _, x in
        let hidden = Dense(8)(x)
        let y = SpectralNorm(Dense(6))(hidden, updateStats: true)
        return Dense(4)(y)
      }, ["Dense_1/kernel/u", "Dense_1/kernel/sigma"]
    ),
    (
      Model { _, x in
        let image = Dense(9)(x).reshaped(to: [1, 3, 3])
        let y = SpectralNorm(Conv(2, [2, 2]))(image, updateStats: true)
        return Dense(4)(y.reshaped(to: [1, -1]))
      }, ["Conv_0/kernel/u", "Conv_0/kernel/sigma"]
    ),
    (
      Model { _, x in
        let (a, b) = (Dense(4)(x), Dense(4)(x))
        let y = SpectralNorm(MultiHeadDotProductAttention(4))(updateStats: true) { $0(a, b) }
        return Dense(4)(y)
      },
      Set(
        [
          "key/bias", "key/kernel", "out/kernel", "query/bias", "query/kernel", "value/bias",
          "value/kernel",
        ].flatMap { path in
          ["u", "sigma"].map { "MultiHeadDotProductAttention_0/\(path)/\($0)" }
        })
    ),
  ]

  @Test(arguments: SpectralNormTests.models.indices)
  func spectralNormTrain(_ index: Int) throws {
    let keys = Key(0).split(3)
    let (x, y) = (Random.normal(keys[0], [1, 4]), Random.normal(keys[1], [1, 4]))
    let (model, paths) = Self.models[index]
    var variables = try model.initialize(keys[2]) { $0(x) }
    let stats: Variables = variables["batch_stats"]["SpectralNorm_0"]
    #expect(Set(stats.keys) == paths)
    var last = Double.infinity
    for _ in 0..<10 {
      let params: Variables = variables["params"]
      let others: Variables = ["batch_stats": variables["batch_stats"]]
      let result = try valueAndGrad(params) { (params: Variables) -> (Tensor, Variables) in
        let (output, updates) = try model.apply(
          others.merging(["params": params]), mutable: "batch_stats"
        ) { $0(x) }
        return (mean(square(output - y)) / 2, updates)
      }
      let loss = try result.value.item(as: Double.self)
      #expect(loss < last)
      last = loss
      let next = treeMap(params, result.gradient) { $0 - $1 * 0.01 }
      variables = variables.merging(result.aux).merging(["params": next])
    }
  }

  @Test(arguments: [(1, true, 4.0), (3, true, 4), (10, true, 4), (1, false, 1)])
  func spectralNormSigma(_ steps: Int, _ updateStats: Bool, _ expected: Double) throws {
    let x = Tensor.ones([1, 8])
    let model = Model { _, x in
      SpectralNorm(Dense(8, useBias: false), nSteps: steps)(x, updateStats: updateStats)
    }
    var variables = try model.initialize(Key(0)) { $0(x) }
    if !updateStats { #expect(try sigma(variables).item(as: Double.self) == 1) }
    variables["params"]["Dense_0"]["kernel"] = Variables(eye(8) * 4)
    let (_, updates) = try model.apply(variables, mutable: true) { $0(x) }
    #expect(abs(try sigma(updates).item(as: Double.self) - expected) < 1e-3)
  }

  private func sigma(_ variables: Variables) -> Tensor {
    variables["batch_stats"]["SpectralNorm_0"]["Dense_0/kernel/sigma"]
  }

  @Test(arguments: [true, false])
  func spectralNorm3DTensor(_ errorOnNonMatrix: Bool) {
    let model = Model { _, x in
      SpectralNorm(DenseGeneral([3, 4], useBias: false), errorOnNonMatrix: errorOnNonMatrix)(
        x, updateStats: false)
    }
    let text = errorText { _ = try model.initialize(Key(0)) { $0(Tensor.ones([1, 2])) } }
    #expect(
      errorOnNonMatrix
        ? text.contains("Input is 3D but error_on_non_matrix is True") : text == "no error")
  }
}
