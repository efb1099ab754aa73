import Linen
import Testing

private final class Chain: Module, @unchecked Sendable {
  let layers: [Module]

  init(_ layers: [Module]) {
    self.layers = layers
    super.init()
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in layers.reduce(x) { call($1, $0) } }
  }
}

private func call(_ layer: Module, _ x: Tensor) -> Tensor {
  if let dense = layer as? Dense { return dense(x) }
  if let wrapper = layer as? Wrapper { return wrapper(x) }
  return x
}

private final class Wrapper: Module, @unchecked Sendable {
  let shared: Dense

  init(_ shared: Dense) {
    self.shared = shared
    super.init()
  }

  func callAsFunction(_ x: Tensor) -> Tensor { compact(x) { x in shared(x) } }
}

private final class Pair: Module, @unchecked Sendable {
  let a: Module
  let b: Dense

  init(_ a: Module, _ b: Dense) {
    self.a = a
    self.b = b
    super.init()
  }

  func callAsFunction(_ x: Tensor) -> Tensor { compact(x) { x in b(call(a, x)) } }
}

private final class InSetup: Module, @unchecked Sendable {
  @Setup var layers: [Dense]
  @Setup var first: [String: Dense]
  @Setup var nested: [String: [Dense]]
  @Setup var b: Wrapper
  @Setup var missing: Dense?

  override func setup() {
    layers = [Dense(3), Dense(4)]
    first = ["a": Dense(2)]
    nested = ["b": [Dense(1)]]
    b = Wrapper(Dense(4))
    missing = nil
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    method(x) { x in
      let x = b(layers.reduce(x) { $1($0) })
      return nested["b"]?.first?(first["a"]?(x) ?? x) ?? x
    }
  }
}

private final class NamedInSetup: Module, @unchecked Sendable {
  @Setup var x: Dense
  @Setup var y: Dense

  override func setup() {
    x = Dense(3, name: "foo")
    y = x
  }

  func callAsFunction(_ input: Tensor) -> Tensor { method(input) { input in y(x(input)) } }
}

private class TwoMethods: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor { compact(x) { x in Dense(3)(x) } }
  func other(_ x: Tensor) -> Tensor { compact(x) { x in Dense(3)(x) } }
}

private final class Extended: TwoMethods, @unchecked Sendable {
  override func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      let x = super.callAsFunction(x)
      return Dense(3)(x)
    }
  }
}

private class SetupBase: Module, @unchecked Sendable {
  @Setup var first: Dense
  override func setup() { first = Dense(3) }
}

private final class SetupExtended: SetupBase, @unchecked Sendable {
  @Setup var second: Dense
  override func setup() {
    super.setup()
    second = Dense(2)
  }
  func callAsFunction(_ x: Tensor) -> Tensor { method(x) { x in second(first(x)) } }
}

private final class Generic<T: Sendable>: Module, @unchecked Sendable {
  @Setup var one: Dense
  @Setup var two: Dense
  override func setup() {
    one = Dense(3)
    two = Dense(2)
  }
  func callAsFunction(_ x: Tensor) -> Tensor { method(x) { x in two(one(x)) } }
}

@Suite struct StructureTests {
  let x = Tensor.ones([1, 3])

  /// The shapes of the parameters, as `jax.tree_util.tree_map(jnp.shape, ...)` prints them.
  func shapes(_ module: Model) throws -> String {
    try module.initialize(Key(0)) { $0(x) }["params"].shapesDescription
  }

  /// As in Python, the module that is called is made before its argument.
  @Test func automaticNamesCountByClass() throws {
    let module = Model { _, x in Dense(2)(Wrapper(Dense(3, name: "own"))(Dense(4)(x))) }
    #expect(
      try shapes(module)
        == "{'Dense_0': {'bias': (2,), 'kernel': (3, 2)}, 'Dense_1': {'bias': (4,), 'kernel': (3, 4)}, "
        + "'own': {'bias': (3,), 'kernel': (4, 3)}}")
  }

  @Test func modulesInPropertiesAreNamedAfterThem() throws {
    let chain = Chain([Dense(3), Dense(2)])
    #expect(
      try chain.initialize(Key(0)) { $0(x) }.shapesDescription
        == "{'params': {'layers_0': {'bias': (3,), 'kernel': (3, 3)}, "
        + "'layers_1': {'bias': (2,), 'kernel': (3, 2)}}}")
  }

  @Test func aSharedModuleHasOnePlaceThatOfItsFirstHolder() throws {
    let shared = Dense(3)
    let dense = "{'bias': (3,), 'kernel': (3, 3)}"
    func names(_ module: Chain) throws -> String {
      try module.initialize(Key(0)) { $0(x) }["params"].shapesDescription
    }
    #expect(try names(Chain([shared, shared])) == "{'layers_0': \(dense)}")
    #expect(
      try names(Chain([Wrapper(shared), Wrapper(shared)])) == "{'layers_0': {'shared': \(dense)}}")
    #expect(
      try Pair(Wrapper(shared), shared).initialize(Key(0)) { $0(x) }.shapesDescription
        == "{'params': {'a': {'shared': \(dense)}}}")
    // Made where it is used: it belongs to the module that made it.
    #expect(
      try shapes(
        Model { _, x in
          let inner = Dense(3)
          return Wrapper(inner)(x) + Wrapper(inner)(x)
        }) == "{'Dense_0': \(dense)}")
    // The first holder need not be the first to use it.
    #expect(
      try shapes(
        Model { _, x in
          let first = Wrapper(shared)
          let second = Pair(shared, Dense(3))
          return first(second(x))
        }) == "{'Dense_0': \(dense), 'Wrapper_0': {'shared': \(dense)}}")
  }

  @Test func valuesWithSharedModulesAreThoseOfFlax() throws {
    let shared = Dense(3)
    let variables = try Model { _, x in
      let u = Wrapper(shared)
      let v = Pair(shared, Dense(3))
      return v(u(x))
    }.initialize(Key(0)) { $0(x) }
    let kernel: Tensor = variables["params"]["Dense_0"]["kernel"]
    try expectScalars(sum(kernel), [0.28656524])
  }

  @Test func setupNamesListsAndDictionaries() throws {
    let module = InSetup()
    let variables = try module.initialize(Key(0)) { $0(x) }
    #expect(
      variables.shapesDescription
        == "{'params': {'b': {'shared': {'bias': (4,), 'kernel': (4, 4)}}, "
        + "'first_a': {'bias': (2,), 'kernel': (4, 2)}, "
        + "'layers_0': {'bias': (3,), 'kernel': (3, 3)}, "
        + "'layers_1': {'bias': (4,), 'kernel': (3, 4)}, "
        + "'nested_b_0': {'bias': (1,), 'kernel': (2, 1)}}}")
  }

  @Test func aNameGivenInSetupWins() throws {
    let variables = try NamedInSetup().initialize(Key(0)) { $0(x) }
    #expect(variables["params"].keys == ["foo"])
  }

  @Test func compactMethodsShareTheirAutomaticNames() throws {
    let variables = try TwoMethods().initialize(Key(0)) { $0.other($0(x)) }
    #expect(variables["params"].keys == ["Dense_0"])
  }

  @Test func anOverriddenCompactMethodCountsOn() throws {
    let variables = try Extended().initialize(Key(0)) { $0(x) }
    #expect(variables["params"].keys == ["Dense_0", "Dense_1"])
    try expectScalars(
      Extended().apply(variables) { $0(x) }, [-0.579888, 0.11446423, 0.46771917])
  }

  @Test func setupIsInherited() throws {
    let variables = try SetupExtended().initialize(Key(0)) { $0(x) }
    #expect(variables["params"].keys == ["first", "second"])
  }

  @Test func propertiesOfGenericModulesHaveTheirNames() throws {
    for _ in 0..<3 {
      #expect(
        try Generic<Int>().initialize(Key(0)) { $0(x) }["params"].keys == ["one", "two"])
      #expect(
        try Generic<String>().initialize(Key(0)) { $0(x) }["params"].keys == ["one", "two"])
    }
  }

  @Test func repeatedCallsShareParameters() throws {
    let variables = try Simple().initialize(Key(0)) { model in
      _ = model(x)
      return model(x)
    }
    #expect(variables["params"].keys == ["Dense_0"])
  }

  @Test func aModelUsedInsideAnotherCallHasItsOwnVariables() throws {
    let inner = Simple()
    let module = Model { _, x in
      let variables = try? inner.initialize(Key(1)) { $0(x) }
      return Dense(2)((try? inner.apply(variables ?? [:]) { $0(x) }) ?? x)
    }
    #expect(try shapes(module) == "{'Dense_0': {'bias': (2,), 'kernel': (4, 2)}}")
  }
}
