import Linen
import Testing

/// `ott.initializers.nn.initializers.MetaMLP`, whose `init` is a page of its documentation, and
/// the examples there.
///
/// Numbers are those of Flax with the original layout of keys.
@Suite struct SeedsMetaMLPTests {
  /// From the weights of two measures to a potential of the transport between them.
  private final class MetaMLP: Module, @unchecked Sendable {
    let potentialSize: Int
    let numHiddenUnits: Int
    let numHiddenLayers: Int

    init(potentialSize: Int, numHiddenUnits: Int = 512, numHiddenLayers: Int = 3) {
      self.potentialSize = potentialSize
      self.numHiddenUnits = numHiddenUnits
      self.numHiddenLayers = numHiddenLayers
      super.init()
    }

    func callAsFunction(_ a: Tensor, _ b: Tensor) -> Tensor {
      compact(a, b) { a, b in
        var z = concatenate([a, b])
        for _ in 0..<numHiddenLayers { z = relu(Dense(numHiddenUnits, dtype: a.dtype)(z)) }
        return Dense(potentialSize, dtype: a.dtype)(z)
      }
    }
  }

  @Test func metaMLP() throws {
    let model = MetaMLP(potentialSize: 4, numHiddenUnits: 8, numHiddenLayers: 2)
    let (a, b) = (Tensor([0.1, 0.2, 0.3, 0.4]), Tensor([0.25, 0.25, 0.25, 0.25]))
    let variables = try model.initialize(Key(0, layout: .original)) { $0(a, b) }
    #expect(
      variables["params"].shapesDescription
        == "{'Dense_0': {'bias': (8,), 'kernel': (8, 8)}, "
        + "'Dense_1': {'bias': (8,), 'kernel': (8, 8)}, "
        + "'Dense_2': {'bias': (4,), 'kernel': (8, 4)}}")
    let kernel: Tensor = variables["params"]["Dense_0"]["kernel"]
    try expectScalars(
      kernel[0],
      [
        -0.023314847, -0.64805007, -0.08343639, -0.75919306, -0.0968922, -0.54693395, -0.33758113,
        -0.5027879,
      ])
    try expectScalars(
      try model.apply(variables) { $0(a, b) },
      [0.321623, -0.072886236, -0.104075566, 0.090069085])
  }

  private final class Noisy: Module, @unchecked Sendable {
    func callAsFunction(_ x: Tensor, train: Bool) -> Tensor {
      compact(x, train) { x, train in
        let h = BatchNorm(useRunningAverage: !train)(Dense(16)(x))
        let noise = Random.normal(makeRNG("noise"), h.shape)
        return Dense(1)(relu(h) + noise)
      }
    }
  }

  @Test func initializeWithNoise() throws {
    let rngs = ["params": Key(0, layout: .original), "noise": Key(1, layout: .original)]
    let x = Tensor.zeros([1, 7])
    let (y, variables) = try Noisy().initializeWithOutput(rngs) { $0(x, train: false) }
    try expectScalars(y, [-1.950364])
    #expect(variables.keys.sorted() == ["batch_stats", "params"])
  }

  @Test func initializeCompiled() throws {
    let module = Dense(1)
    let compiled = jit { (key: Key, x: Tensor) in try module.initialize(key) { $0(x) } }
    let variables = try compiled(Key(0), Tensor.zeros([1, 7]))
    #expect(variables.shapesDescription == "{'params': {'bias': (1,), 'kernel': (7, 1)}}")
  }
}
