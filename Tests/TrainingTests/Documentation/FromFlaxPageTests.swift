import Linen
import Optimizers
import TestSupport
import Testing
import Training

/// The modules of `Documentation/FromFlax.md`.
private enum Page {
  final class MLP: Module, @unchecked Sendable {
    let features: [Int]

    init(_ features: [Int], name: String? = nil) {
      self.features = features
      super.init(name: name)
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
      compact(x) { x in
        var x = x
        for width in features.dropLast() {
          x = relu(Dense(width)(x))
        }
        return Dense(features.last ?? 1)(x)
      }
    }
  }

  final class AutoEncoder: Module, @unchecked Sendable {
    @Setup var encoder: Dense
    @Setup var decoder: Dense

    override func setup() {
      encoder = Dense(2)
      decoder = Dense(3)
    }

    func encode(_ x: Tensor) -> Tensor {
      method(x) { x in encoder(x) }
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
      method(x) { x in decoder(encode(x)) }
    }
  }

  final class Block: Module, @unchecked Sendable {
    func callAsFunction(_ x: Tensor, train: Bool) -> Tensor {
      compact(x, train) { x, train in
        var x = Dense(4)(x)
        x = BatchNorm(useRunningAverage: !train)(x)
        return Dropout(0.5, deterministic: !train)(x)
      }
    }
  }

  final class Counter: Module, @unchecked Sendable {
    func callAsFunction(_ x: Tensor) -> Tensor {
      compact(x) { x in
        let scale = param("scale", .ones, [3])
        let calls = variable("state", "calls") { Tensor(0.0) }
        if !isInitializing { calls.value = calls.value + 1 }
        sow("intermediates", "scaled", x * scale)
        return x * scale + calls.value
      }
    }
  }

  final class Ensemble: Module, @unchecked Sendable {
    func callAsFunction(_ x: Tensor) -> Tensor {
      compact(x) { x in
        let members = vmap(
          variableAxes: ["params": 0],
          splitRNGs: ["params": true],
          inAxes: nil, axisSize: 5
        ) { MLP([4, 2]) }
        return members(x) { $0($1) }
      }
    }
  }

  final class Layer: Module, UnaryLayer, @unchecked Sendable {
    func callAsFunction(_ x: Tensor) -> Tensor {
      compact(x) { x in tanh(Dense(3)(x)) }
    }
  }

  final class Deep: Module, @unchecked Sendable {
    func callAsFunction(_ x: Tensor) -> Tensor {
      compact(x) { x in
        let layers = scan(
          variableAxes: ["params": 0],
          splitRNGs: ["params": true], length: 4, name: "layers"
        ) { remat { Layer() } }
        return layers(x)
      }
    }
  }
}

/// The page's programs; the numbers are those of its programs in Flax.
@Suite struct FromFlaxPageTests {
  private typealias MLP = Page.MLP
  private typealias AutoEncoder = Page.AutoEncoder
  private typealias Block = Page.Block

  private let x = Random.normal(Key(1), [4, 3])

  private func expect(
    _ actual: Tensor, _ expected: [Double], sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let values = try actual.scalars(as: Double.self)
    #expect(values.count == expected.count, sourceLocation: sourceLocation)
    for (value, right) in zip(values, expected) {
      #expect(
        abs(value - right) <= 3e-6 * max(1, abs(right)), "\(values)", sourceLocation: sourceLocation
      )
    }
  }

  @Test func initializeApplyBind() throws {
    let model = MLP([4, 2])
    let variables = try model.initialize(Key(0)) { $0(x) }
    let y = try model.apply(variables) { $0(x) }

    let coder = AutoEncoder()
    let parts = try coder.initialize(Key(0)) { $0(x) }
    let z = try coder.apply(parts) { $0.encode(x) }
    let w = try coder.bind(parts).decoder { $0(z) }

    let kernel: Tensor = variables["params"]["Dense_0"]["kernel"]

    try expect(
      y,
      [
        0.09852526, 0.16146237, 0.25713614, 0.02081996, 0.1397471, -0.64965886, 0, 0,
      ])
    try expect(z.indexed([0]), [-0.085269086, -0.057379816])
    try expect(w.indexed([0]), [-0.031233137, -0.075828224, -0.08614484])
    try expect(sum(kernel), [0.17814273])
  }

  @Test func streamsAndMutableCollections() throws {
    let block = Block()
    let state = try block.initialize(Key(0)) { $0(x, train: false) }
    let (y, updates) = try block.apply(
      state, rngs: ["dropout": Key(1)],
      mutable: ["batch_stats"]
    ) { $0(x, train: true) }

    try expect(y.indexed([0]), [1.0714993, -1.3752786, 0, 0])
    try expect(
      updates["batch_stats"]["BatchNorm_0"]["var"],
      [0.99852943, 0.996405, 0.9936534, 0.9927799])

    let counter = Page.Counter()
    let initial = try counter.initialize(Key(0)) { $0(x) }
    let (counted, changed) = try counter.apply(initial, mutable: ["state", "intermediates"]) {
      $0(x)
    }
    try expect(counted.indexed([0]), [0.8455628, 1.0847073, 0.8640195])
    try expect(changed["state"]["calls"], [1])
    #expect(changed["intermediates"].keys == ["scaled"])
  }

  @Test func liftedTransforms() throws {
    let ensemble = try Page.Ensemble().initialize(Key(0)) { $0(x) }
    #expect(
      ensemble.shapesDescription
        == "{'params': {'VmapMLP_0': {'Dense_0': {'bias': (5, 4), 'kernel': (5, 3, 4)}, "
        + "'Dense_1': {'bias': (5, 2), 'kernel': (5, 4, 2)}}}}")
    let members = try Page.Ensemble().apply(ensemble) { $0(x) }
    #expect(members.shape == [5, 4, 2])
    try expect(members.indexed([0, 0]), [-0.21053003, 0.14528719])
    try expect(members.indexed([3, 0]), [0.16676033, 0.07822977])

    let deep = try Page.Deep().initialize(Key(0)) { $0(x) }
    #expect(
      deep.shapesDescription
        == "{'params': {'layers': {'Dense_0': {'bias': (4, 3), 'kernel': (4, 3, 3)}}}}")
    try expect(
      try Page.Deep().apply(deep) { $0(x) }.indexed([0]), [-0.0753612, 0.046622284, 0.16483667])
  }

  @Test func functions() throws {
    let model = MLP([4, 2])
    let variables = try model.initialize(Key(0)) { $0(x) }

    let loss = { (variables: Variables) in
      mean(square(try model.apply(variables) { $0(x) }))
    }
    let (value, gradients) = try valueAndGrad(variables, loss)
    let fast = jit(loss)
    let rows = try vmap { row in try model.apply(variables) { $0(row) } }(x)

    try expect(value, [try fast(variables).item()])
    try expect(gradients["params"]["Dense_1"]["bias"], [0.12385212, -0.11684413])
    try expect(rows.indexed([0]), [0.09852526, 0.16146237])
  }

  @Test func trainingAndCheckpoints() throws {
    let temporary = try TemporaryFolder()
    let folder = temporary.path
    let block = Block()
    let state = try block.initialize(Key(0)) { $0(x, train: false) }
    var metrics: [String: Tensor] = [:]

    let labels = Tensor([0, 3, 1, 2])
    var train = TrainState.create(
      state, optimizer: adam(1e-2), key: Key(2))

    let step = jit { (train: inout TrainState, x: Tensor) in
      let key = train.stepKey
      let result = try train.minimizing { variables in
        let (logits, updates) = try block.apply(
          variables, rngs: ["dropout": key],
          mutable: ["batch_stats"]
        ) { $0(x, train: true) }
        let losses = softmaxCrossEntropyWithIntegerLabels(
          logits, labels)
        return Loss(mean(losses), collections: updates)
      }
      train = result.state
      return result.metrics
    }

    for _ in 0..<3 {
      metrics = try step(&train, x)
    }

    try expect(try #require(metrics["loss"]), [0.8275318])
    let kernel: Tensor = train.params["Dense_0"]["kernel"]
    try expect(kernel.indexed([0]), [-0.9812028, 0.4616506, -0.81677705, -0.46455863])

    let variables = train.variables
    let checkpoints = try Checkpoints(folder, keep: 2)
    try checkpoints.save(train, step: 3)
    train = try checkpoints.restore(train)

    let data = try toBytes(variables)
    let again = try fromBytes(variables, data)

    #expect(again == variables)
    #expect(train.variables == variables)
  }

  @Test func treesAndWhatIsInside() throws {
    let model = MLP([4, 2])
    let variables = try model.initialize(Key(0)) { $0(x) }

    let flat = flattenDict(variables, separator: "/")
    let frozen = treeMapWithPath(variables) { path, value in
      path.keys.last == .key("bias") ? 0 * value : value
    }
    let edited = Cursor(variables)["params"]["Dense_0"]["bias"].set(
      Variables(Tensor.ones([4])))
    let squares = treeMap(variables) { square($0) }

    #expect(
      flat.keys.sorted() == [
        "params/Dense_0/bias", "params/Dense_0/kernel", "params/Dense_1/bias",
        "params/Dense_1/kernel",
      ])
    try expect(frozen["params"]["Dense_0"]["bias"], [0, 0, 0, 0])
    try expect(edited["params"]["Dense_0"]["bias"], [1, 1, 1, 1])
    try expect(sum(squares["params"]["Dense_0"]["kernel"]), [4.776752])

    print(try model.tabulate(Key(0), x) { $0($1) })
    let (_, seen) = try model.apply(
      variables, captureIntermediates: true
    ) { $0(x) }

    let doubled: Interceptor = { next, arguments, context in
      let y = next(arguments)
      guard context.module is Dense, let y = y as? Tensor
      else { return y }
      return 2 * y
    }
    let twice = try interceptMethods(doubled) {
      try model.apply(variables) { $0(x) }
    }

    #expect(
      seen["intermediates"].keys.sorted() == ["Dense_0", "Dense_1", "__call__"])
    try expect(twice.indexed([0]), [0.39410105, 0.64584947])
  }

  /// Every snippet of the page stands in this file.
  @Test func snippetsAreCompiled() throws {
    let snippets = try DocumentationPage("Documentation/FromFlax.md").snippets
    #expect(snippets.count == 15)
    #expect(
      try DocumentationPage.missing(
        snippets, in: "Tests/TrainingTests/Documentation/FromFlaxPageTests.swift"
      ).isEmpty)
  }
}
