import Linen
import Testing

private final class Hidden: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      let h = Dense(4)(x)
      sow("intermediates", "h", h)
      return Dense(2)(h)
    }
  }
}

private final class AutoEncoder: Module, @unchecked Sendable {
  @Setup var encoder: Dense
  @Setup var decoder: Dense

  override func setup() {
    encoder = Dense(3)
    decoder = Dense(5)
  }

  func encode(_ x: Tensor) -> Tensor { method(x) { x in encoder(x) } }
  func callAsFunction(_ x: Tensor) -> Tensor { method(x) { x in decoder(encode(x)) } }
}

private final class Counter: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      let count = variable("state", "count") { Tensor.zeros([]) }
      count.value += 1
      return x + count.value
    }
  }
}

@Suite struct CollectionsTests {
  @Test func sownValuesFormATuple() throws {
    let x = Tensor.ones([16, 9])
    let variables = try Hidden().initialize(Key(0, layout: .original)) { $0(x) }
    #expect(variables.keys == ["params"])
    let (_, state) = try Hidden().apply(variables, mutable: ["intermediates"]) { $0(x) }
    #expect(state.shapesDescription == "{'intermediates': {'h': ((16, 4),)}}")
    let h = try #require(state["intermediates"]["h"].elements?.first?.tensor)
    let row = [-1.503171, 0.7377704, -0.59388214, -1.0079019]
    try expectScalars(h, Array(repeatElement(row, count: 16).joined()))
    // Fed back, the tuple grows.
    let (_, twice) = try Hidden().apply(variables.merging(state), mutable: ["intermediates"]) {
      $0(x)
    }
    #expect(twice["intermediates"]["h"].elements?.count == 2)
  }

  @Test func sownValuesCanBeReduced() throws {
    let module = Model { module, x in
      for factor in [1, 2] {
        module.sow("intermediates", "h", x * factor, initial: { Tensor(0.0) }) { $0 + $1 }
      }
      return x
    }
    let x = Tensor.ones([1, 1])
    let (_, state) = try module.apply([:], mutable: ["intermediates"]) { $0(x) }
    try expectScalars(state["intermediates"]["h"], [3])
  }

  @Test func sowingSaysWhetherTheCollectionIsMutable() throws {
    let module = Model { module, x in module.sow("intermediates", "h", x) ? x + 1 : x }
    let x = Tensor.zeros([1])
    try expectScalars(module.apply([:]) { $0(x) }, [0])
    try expectScalars(module.apply([:], mutable: "intermediates") { $0(x) }.output, [1])
    try expectScalars(module.apply([:], mutable: .deny("intermediates")) { $0(x) }.output, [0])
  }

  @Test func resultsOfMethodsAreCaptured() throws {
    let x = Tensor.ones([2, 4])
    let model = AutoEncoder()
    let variables = try model.initialize(Key(0)) { $0(x) }
    let (_, all) = try model.apply(variables, captureIntermediates: true) { $0(x) }
    #expect(
      all.shapesDescription
        == "{'intermediates': {'__call__': ((2, 5),), 'decoder': {'__call__': ((2, 5),)}, "
        + "'encoder': {'__call__': ((2, 3),)}}}")
    let (_, some) = try model.apply(
      variables, captureIntermediates: .matching { $1 == "encode" }
    ) { $0(x) }
    #expect(some.shapesDescription == "{'intermediates': {'encode': ((2, 3),)}}")
  }

  @Test func variablesAreMadeAndChanged() throws {
    let x = Tensor.zeros([1])
    let variables = try Counter().initialize(Key(0)) { $0(x) }
    try expectScalars(variables["state"]["count"], [1])
    let (y, updates) = try Counter().apply(variables, mutable: ["state"]) { $0(x) }
    try expectScalars(y, [2])
    try expectScalars(updates["state"]["count"], [2])
    // What was given is not changed.
    try expectScalars(variables["state"]["count"], [1])
  }

  @Test func onlyMutableCollectionsComeBack() throws {
    let x = Tensor.zeros([1, 3])
    let module = Model { module, x in
      _ = module.variable("a", "one") { Tensor(1.0) }
      _ = module.variable("b", "two") { Tensor(2.0) }
      return Dense(2)(x)
    }
    let variables = try module.initialize(Key(0)) { $0(x) }
    #expect(variables.keys == ["a", "b", "params"])
    func keys(_ mutable: CollectionFilter) throws -> [String] {
      try module.apply(variables, mutable: mutable) { $0(x) }.variables.keys
    }
    #expect(try keys(true) == ["a", "b", "params"])
    #expect(try keys("a") == ["a"])
    #expect(try keys(["b", "params"]) == ["b", "params"])
    #expect(try keys(.deny(["a", "b"])) == ["params"])
    #expect(try keys([]) == [])
  }

  @Test func getPutAndHasReachUndeclaredVariables() throws {
    let module = Model { module, x in
      let had = module.hasVariable("cache", "x")
      module.putVariable("cache", "x", had ? x : x + 1)
      module.putVariable("cache", "nested", ["a": x] as Variables)
      module.putVariable("cache", "nested", ["b": x] as Variables)
      let missing: Tensor? = module.getVariable("cache", "missing")
      #expect(missing == nil || had)
      return module.getVariable("cache", "x") ?? x
    }
    let x = Tensor.zeros([1])
    let (y, variables) = try module.apply([:], mutable: "cache") { $0(x) }
    try expectScalars(y, [1])
    #expect(
      variables.shapesDescription == "{'cache': {'nested': {'a': (1,), 'b': (1,)}, 'x': (1,)}}")
  }

  @Test func initializationIsSeenByModules() throws {
    let module = Model { module, x in module.isInitializing ? x + 1 : x }
    let x = Tensor.zeros([1])
    try expectScalars(module.initializeWithOutput(Key(0)) { $0(x) }.output, [1])
    try expectScalars(module.apply([:], mutable: ["params"]) { $0(x) }.output, [0])
  }

  @Test func parametersCanBeTrees() throws {
    let module = Model { module, x in
      let pair = module.param("pair") { key in
        ["a": Random.normal(key, [3]), "b": Tensor.zeros([2])]
      }
      return x + sum(pair["a"] ?? x)
    }
    let x = Tensor.zeros([1])
    let variables = try module.initialize(Key(0)) { $0(x) }
    #expect(variables.shapesDescription == "{'params': {'pair': {'a': (3,), 'b': (2,)}}}")
    _ = try module.apply(variables) { $0(x) }
    var wrong = variables
    wrong["params"]["pair"]["a"] = Variables(Tensor.zeros([4]))
    #expect(
      errorText { _ = try module.apply(wrong) { $0(x) } }
        .contains(
          "expected to generate shape (3,), but the existing parameter it received has shape (4,)"))
  }

  @Test func lazyInitializationNeedsNoValues() throws {
    let x = Tensor.ones([2, 9])
    let lazy = try Hidden().lazyInitialize(Key(0)) { $0(Tensor(ShapeDtype([2, 9]))) }
    let eager = try Hidden().initialize(Key(0)) { $0(x) }
    #expect(treeStructure(lazy) == treeStructure(eager))
    for (a, b) in zip(treeLeaves(lazy), treeLeaves(eager)) { try expectEqual(a, b) }
    let dependent = Model { module, x in module.param("w") { _ in sum(x) } }
    #expect(
      errorText { _ = try dependent.lazyInitialize(Key(0)) { $0(Tensor(ShapeDtype([2]))) } }
        .hasPrefix("Lazy init encountered a value that could with the given inputs (shape: f32[]).")
    )
  }
}
