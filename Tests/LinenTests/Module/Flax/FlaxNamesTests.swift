import Linen
import Testing

/// What linen_module_test.py tests of names that are in use.
@Suite struct FlaxNamesTests {
  let x = Tensor([1.0])

  private func message(_ kind: String) -> String {
    "Could not create \(kind) \"bias\" in Module Dummy: Name in use. (\(documentation)NameInUseError)"
  }

  private func text(_ module: Dummy) -> String {
    errorText {
      _ = try module.bind(to: Scope.bind([:], rngs: Key(0), mutable: "params")).callAsFunction {
        $0(x)
      }
    }
  }

  /// A module that makes `bias` in `setup`, and does something in a compact method.
  private class Dummy: Module, @unchecked Sendable {
    @Setup var bias: Any
    let isMaking: @Sendable (Dummy) -> Any
    let body: @Sendable (Dummy, Tensor) -> Tensor

    init(
      setup isMaking: @escaping @Sendable (Dummy) -> Any = { _ in 0 },
      call body: @escaping @Sendable (Dummy, Tensor) -> Tensor = { $1 }
    ) {
      self.isMaking = isMaking
      self.body = body
      super.init()
    }

    override func setup() { bias = isMaking(self) }

    func ones(_ name: String = "bias") -> Tensor { param(name, .ones, [1]) }

    func callAsFunction(_ x: Tensor) -> Tensor { compact(x) { x in body(self, x) } }
  }

  @Test func setupCallVarCollision() {
    #expect(text(Dummy(setup: { $0.ones() }, call: { $1 + $0.ones() })).hasPrefix(message("param")))
  }

  @Test func callVarCollision() {
    #expect(text(Dummy(call: { $1 + $0.ones() + $0.ones() })).hasPrefix(message("param")))
  }

  @Test func setupVarCollision() {
    #expect(
      text(
        Dummy(setup: {
          _ = $0.ones()
          return $0.ones()
        })
      ).hasPrefix(message("param")))
  }

  @Test func variablesInAListMayHaveOtherNames() throws {
    let module = Dummy(
      setup: { dummy in (0..<4).map { dummy.ones("bias_\($0)") } },
      call: { $1 + (($0.bias as? [Tensor])?.first ?? 0) })
    let variables = try module.initialize(Key(0)) { $0(x) }
    #expect(variables["params"].keys == ["bias_0", "bias_1", "bias_2", "bias_3"])
    try expectScalars(module.apply(variables) { $0(x) }, [2])
  }

  @Test func variablesInADictionaryMayHaveOtherNames() throws {
    let module = Dummy(
      setup: { dummy in
        Dictionary(uniqueKeysWithValues: (0..<4).map { ("\($0)", dummy.ones("bias_\($0)")) })
      },
      call: { $1 + (($0.bias as? [String: Tensor])?["0"] ?? 0) })
    try expectScalars(module.initializeWithOutput(Key(0)) { $0(x) }.output, [2])
  }

  @Test func submoduleCollidesWithAVariableInSetup() {
    let module = Dummy(setup: {
      $0.bias = $0.ones()
      return AddsBias()
    })
    #expect(text(module).hasPrefix(message("submodule")))
  }

  @Test func submoduleCollidesWithAVariableOfSetup() {
    let module = Dummy(setup: { $0.ones() }, call: { AddsBias(name: "bias")($1) })
    #expect(text(module).hasPrefix(message("submodule")))
  }

  @Test func variableCollidesWithASubmoduleOfSetup() {
    let module = Dummy(setup: { _ in AddsBias() }, call: { $1 + $0.ones() })
    #expect(text(module).hasPrefix(message("param")))
  }

  /// Properties that are no modules have nothing to do with the names of variables.
  @Test func propertyAndVariableOfOneName() throws {
    final class Foo: Module, @unchecked Sendable {
      let dummy = 0
      func callAsFunction(_ x: Tensor) -> Tensor {
        compact(x) { x in x + param("dummy", .zeros, x.shape) }
      }
    }
    #expect(try Foo(name: "foo").initialize(Key(0)) { $0(x) }["params"].keys == ["dummy"])
  }

  @Test func variablesOfTwoCollectionsMayShareAName() throws {
    let foo = Model { module, x in
      let a = module.variable("col1", "v") { Tensor.zeros(x.shape) }
      let b = module.variable("col2", "v") { Tensor.zeros(x.shape) }
      return x + a.value + b.value
    }
    #expect(
      try foo.initialize(Key(0)) { $0(x) }.shapesDescription
        == "{'col1': {'v': (1,)}, 'col2': {'v': (1,)}}")
  }

  @Test func variablesOfOneCollectionMayNot() {
    let foo = Model { module, x in
      ["col1", "col2", "col1"].reduce(x) { x, collection in
        x + module.variable(collection, "v") { Tensor.zeros(x.shape) }.value
      }
    }
    #expect(
      errorText { _ = try foo.initialize(Key(0)) { $0(x) } }
        .hasPrefix("Could not create variable \"v\" in Module M: Name in use."))
  }
}
