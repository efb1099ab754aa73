import Linen
import Testing

/// The examples of `apply`, `init`, `lazy_init` and `make_rng` in the documentation of
/// `flax.linen.Module`.
///
/// Numbers are those of Flax with the original layout of keys, in which the page was made.
@Suite struct SeedsApplyTests {
  private final class Sized: Module, @unchecked Sendable {
    let features: [Int]
    @Setup var dense1: Dense
    @Setup var dense2: Dense

    init(_ features: [Int] = [16, 4]) {
      self.features = features
      super.init()
    }

    override func setup() {
      dense1 = Dense(features[0])
      dense2 = Dense(features[1])
    }

    func callAsFunction(_ x: Tensor) -> Tensor { method(x) { x in dense2(relu(dense1(x))) } }
  }

  @Test func aModuleWithSetup() throws {
    let model = Sized()
    let variables = try model.initialize(Key(0)) { $0(Tensor.ones([1, 3])) }
    #expect(
      variables.shapesDescription
        == "{'params': {'dense1': {'bias': (16,), 'kernel': (3, 16)}, "
        + "'dense2': {'bias': (4,), 'kernel': (16, 4)}}}")
  }

  private final class Listed: Module, @unchecked Sendable {
    @Setup var submodules: [Dense]
    override func setup() { submodules = [Dense(2), Dense(3)] }
    func callAsFunction(_ x: Tensor) -> Tensor {
      method(x) { x in submodules.reduce(x) { $1($0) } }
    }
  }

  @Test func submodulesInAList() throws {
    let variables = try Listed().initialize(Key(0)) { $0(Tensor.ones([1, 3])) }
    #expect(variables["params"].keys == ["submodules_0", "submodules_1"])
  }

  private final class Transformer: Module, @unchecked Sendable {
    @Setup var layer: Dense
    override func setup() { layer = Dense(4) }
    func encode(_ x: Tensor) -> Tensor { method(x) { x in layer(x) } }
  }

  @Test func anyMethodCanBeApplied() throws {
    let x = Tensor.ones([16, 9])
    let model = Transformer()
    let variables = try model.initialize(Key(0)) { $0.encode(x) }
    let encoded = try model.apply(variables) { $0.encode(x) }
    #expect(encoded.shape == [16, 4])
    // As a value, in place of `method=model.encode`.
    let encode = Transformer.encode
    try expectEqual(try model.apply(variables) { encode($0)(x) }, encoded)
    // A function that is no method of the class.
    func other(_ instance: Transformer, _ x: Tensor) -> Tensor { instance.encode(x) * 2 }
    try expectEqual(try model.apply(variables) { other($0, x) }, encoded * 2)
  }

  private final class Noisy: Module, @unchecked Sendable {
    func callAsFunction(_ x: Tensor, addNoise: Bool = false) -> Tensor {
      compact(x, addNoise) { x, addNoise in
        var x = relu(Dense(16)(x))
        if addNoise { x = x + Random.normal(makeRNG("noise"), x.shape) }
        return Dense(1)(x)
      }
    }
  }

  @Test func streamsByName() throws {
    let x = Tensor.zeros([1, 7])
    let model = Noisy()
    let (key0, key1) = (Key(0, layout: .original), Key(1, layout: .original))
    let variables = try model.initialize(["params": key0, "noise": key1]) { $0(x) }
    func run(_ rngs: any RNGConvertible) throws -> Tensor {
      try model.apply(variables, rngs: rngs) { $0(x, addNoise: true) }
    }
    try expectScalars(try run(["params": key0, "noise": key1]), [-1.950364])
    let second = try run(["params": key0, "noise": key0])
    try expectScalars(second, [0.42033])
    // Without a stream of its own, the noise is drawn from that of the parameters.
    try expectEqual(try run(["params": key0]), second)
    try expectEqual(try run(key0), second)
  }

  private final class Normalized: Module, @unchecked Sendable {
    func callAsFunction(_ x: Tensor, train: Bool) -> Tensor {
      compact(x, train) { x, train in
        let h = BatchNorm(useRunningAverage: !train)(Dense(16)(x))
        return Dense(1)(relu(h))
      }
    }
  }

  @Test func initializeWithArguments() throws {
    let variables = try Normalized().initialize(Key(0)) { $0(Tensor.zeros([1, 7]), train: false) }
    #expect(variables.keys.sorted() == ["batch_stats", "params"])
    #expect(
      variables["batch_stats"].shapesDescription
        == "{'BatchNorm_0': {'mean': (16,), 'var': (16,)}}")
  }

  private final class OtherVariable: Module, @unchecked Sendable {
    func callAsFunction(_ x: Tensor) -> Tensor {
      compact(x) { x in
        let h = relu(Dense(16)(x))
        let other = variable("other_collection", "other_variable") {
          Random.normal(makeRNG("other_rng"), h.shape)
        }
        return Dense(1)(h + other.value)
      }
    }
  }

  @Test func initializeWithSeveralStreams() throws {
    let x = Tensor.zeros([1, 7])
    let model = OtherVariable()
    let (key0, key1) = (Key(0, layout: .original), Key(1, layout: .original))
    let first = try model.initialize(["params": key0, "other_rng": key1]) { $0(x) }
    let other: Tensor = first["other_collection"]["other_variable"]
    try expectScalars(
      other,
      [
        -0.9482715, -0.8320131, 0.17597833, 0.98454, -0.6628475, -1.6456678, -1.2399523,
        1.2470611, -0.06402466, 0.5660118, 1.5948615, -0.90428346, -0.39632928, -1.060617,
        -1.1649544, -0.53677636,
      ])
    let second = try model.initialize(["params": key0, "other_rng": key0]) { $0(x) }
    #expect(first["params"] == second["params"])
    #expect(first["other_collection"] != second["other_collection"])
    let third = try model.initialize(["params": key0]) { $0(x) }
    #expect(third == second)
    #expect(try model.initialize(key0) { $0(x) } == second)
  }

  @Test func initializeCompiled() throws {
    let x = Tensor.zeros([1, 7])
    let model = Dense(1)
    let compiled = jit { (key: Key, x: Tensor) in try model.initialize(key) { $0(x) } }
    #expect(try compiled(Key(0), x) == (try model.initialize(Key(0)) { $0(x) }))
  }

  @Test func initializeWithOutputs() throws {
    let x = Tensor.ones([1, 7])
    let (y, variables) = try Dense(2).initializeWithOutput(Key(0)) { $0(x) }
    try expectEqual(y, try Dense(2).apply(variables) { $0(x) })
  }

  @Test func lazyInitialization() throws {
    let variables = try Dense(256).lazyInitialize(Key(0)) { $0(Tensor(ShapeDtype([1, 128]))) }
    #expect(
      variables.shapesDescription == "{'params': {'bias': (256,), 'kernel': (128, 256)}}")
    let small = try Dense(1).lazyInitialize(Key(0, layout: .original)) {
      $0(Tensor(ShapeDtype([1, 3])))
    }
    let kernel: Tensor = small["params"]["kernel"]
    try expectScalars(kernel, [-0.9018695, 1.1993108, -0.75566816])
    // Values and types can be mixed: the flag is a value, the input a type.
    let mixed = try Normalized().lazyInitialize(Key(0)) {
      $0(Tensor(ShapeDtype([1, 7])), train: false)
    }
    #expect(mixed.keys.sorted() == ["batch_stats", "params"])
  }

  private final class Drawing: Module, @unchecked Sendable {
    let stream: String

    init(_ stream: String) {
      self.stream = stream
      super.init()
    }

    func callAsFunction() -> Key { method { makeRNG(stream) } }
  }

  @Test func aMissingStreamIsThatOfTheParameters() throws {
    let rngs = ["params": Key(0, layout: .original)]
    let params = try Drawing("params").initializeWithOutput(rngs) { $0() }.output
    let other = try Drawing("other").initializeWithOutput(rngs) { $0() }.output
    try expectEqual(params.data, other.data)
    #expect(try params.data.scalars(as: Int.self) == [1_428_664_606, 3_351_135_085])
  }
}
