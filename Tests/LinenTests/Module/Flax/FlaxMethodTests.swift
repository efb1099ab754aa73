import Linen
import Testing

private final class Foo: Module, @unchecked Sendable {
  let notCallable = 1
  let bar = Dense(3)

  override class var methods: [String: NamedMethod] {
    [
      "callAsFunction": NamedMethod(Foo.callAsFunction), "test": NamedMethod(Foo.test),
      "scaled": NamedMethod(Foo.scaled),
    ]
  }

  func callAsFunction(_ x: Tensor) -> Tensor { compact(x) { x in bar(x) } }
  func test() -> Int { method { 7 } }
  func scaled(_ x: Tensor, by factor: Int) -> Tensor {
    method(x, factor) { x, factor in x * factor }
  }
}

/// What linen_module_test.py tests of methods: by name, of unbound modules, and frozen properties.
@Suite struct FlaxMethodTests {
  let x = Tensor.ones([1])

  @Test func moduleApplyMethod() throws {
    #expect(try Foo().apply([:]) { $0.test() } == 7)
    // Any function of the module.
    #expect(try Foo().apply([:]) { foo in foo.notCallable } == 1)
    let foo = Foo()
    #expect(try foo.apply([:]) { $0 } === foo)
    // By name, also for initialization.
    #expect(try Foo().apply([:], method: "test") == 7)
    #expect(try Foo().initialize(Key(0), method: "test").isEmpty)
    #expect(try Foo().initializeWithOutput(Key(0), method: "test").output == 7)
    let scaled: Tensor = try Foo().apply([:], method: "scaled", x, 3)
    try expectScalars(scaled, [3])
    let (y, variables): (Tensor, Variables) = try Foo().initializeWithOutput(
      Key(0), method: "__call__", x)
    let same: Tensor = try Foo().apply(variables, method: "__call__", x)
    try expectEqual(y, same)
    let (captured, state): (Tensor, Variables) = try Foo().apply(
      variables, method: "callAsFunction", x, mutable: [], captureIntermediates: true)
    try expectEqual(y, captured)
    #expect(state["intermediates"].keys == ["bar", "__call__"])
  }

  @Test func methodsThatAreNone() {
    let missing =
      "\"Foo\" object has no attribute \"nope\". If \"nope\" is defined in '.setup()', remember "
      + "these fields are only accessible from inside 'init' or 'apply'.\npath: /Foo\n"
      + "methods: callAsFunction, scaled, test"
    #expect(errorText { let _: Int = try Foo().apply([:], method: "nope") } == missing)
    #expect(errorText { _ = try Foo().initialize(Key(0), method: "nope") } == missing)
    #expect(
      errorText { let _: Int = try Foo().apply([:], method: "notCallable") }
        == "'Foo.notCallable' must be a callable, got Int.\npath: /Foo")
    #expect(
      errorText { let _: Int = try Foo().apply([:], method: "test", 1) }
        == "Method 'test' takes 0 arguments, got 1.\npath: /Foo")
    #expect(
      errorText { let _: Tensor = try Foo().apply([:], method: "scaled", x, "a") }
        == "Method 'scaled' takes Int as argument 2, got String.\npath: /Foo")
    #expect(
      errorText { let _: String = try Foo().apply([:], method: "test") }
        == "Method 'test' gives Int, expected String.\npath: /Foo")
  }

  @Test func moduleApplyMethodSubmodule() throws {
    let x = Tensor.zeros([3])
    let variables = try Foo().initialize(Key(0)) { $0(x) }
    let y: Tensor = try Foo().apply(variables, method: "bar", x)
    try expectEqual(y, Foo().apply(variables) { $0(x) })
    final class Later: Module, @unchecked Sendable {
      @Setup var layer: Dense
      override func setup() { layer = Dense(2) }
    }
    let made = try Later().initialize(Key(0)) { $0.layer(x) }
    let z: Tensor = try Later().apply(made, method: "layer", x)
    #expect(z.shape == [2])
  }

  @Test func callUnboundCompactModuleMethods() {
    #expect(
      errorText { try withErrors { _ = Dense(3)(x) } }.hasPrefix(
        "Can't call compact methods on unbound modules "
          + "(\(documentation)CallCompactUnboundModuleError)"))
  }

  @Test func callUnboundHasVariable() {
    #expect(
      errorText { try withErrors { _ = PassesThrough().hasVariable("bar", "baz") } }
        .hasPrefix("Can't access variables on unbound modules"))
  }

  @Test func callUnboundMakeRNG() {
    #expect(
      errorText { try withErrors { _ = PassesThrough().makeRNG("bar") } }
        .hasPrefix("Can't use RNGs on unbound modules"))
  }

  @Test func callUnboundVariables() {
    #expect(
      errorText { try withErrors { _ = PassesThrough().variables } }
        .hasPrefix("Can't access variables on unbound modules"))
  }

  @Test func callUnboundNoncompactModuleMethods() {
    #expect(Foo().test() == 7)
  }

  @Test func callUnboundMethodsDependingOnSetup() {
    final class Empty: Module, @unchecked Sendable {
      @Setup var foo: Tensor
      override func setup() { foo = Tensor(2) }
      func bar() -> Tensor { method { foo } }
    }
    #expect(
      errorText { try withErrors { _ = Empty().bar() } }
        .hasPrefix("\"Empty\" object has no attribute \"foo\""))
  }

  @Test func frozenOutsideOfSetup() {
    final class Foo: Module, @unchecked Sendable {
      @Setup var i: Int
      override func setup() { i = 1 }
      func plain() -> Int { method { set() } }
      func inCompact() -> Int { compact { set() } }
      private func set() -> Int {
        i = 2
        return i
      }
    }
    let message =
      "Can't set i=2 for Module of type Foo: Module instance is frozen outside of setup method. "
      + "(\(documentation)SetAttributeFrozenModuleError)"
    #expect(errorText { _ = try Foo().initialize(Key(0)) { $0.plain() } }.hasPrefix(message))
    #expect(errorText { _ = try Foo().initialize(Key(0)) { $0.inCompact() } }.hasPrefix(message))
  }

  /// As with Flax's properties: computed from those of `setup`, which runs first.
  @Test func computedPropertiesReachSetup() throws {
    final class Foo: Module, @unchecked Sendable {
      @Setup var dense: Dense
      override func setup() { dense = Dense(2) }
      var width: Int { dense.features }
      var weights: Tensor? { dense.getVariable("params", "kernel") }
      func callAsFunction(_ x: Tensor) -> Tensor { method(x) { x in dense(x) * width } }
    }
    let x = Tensor.ones([1, 2])
    let (y, variables) = try Foo().initializeWithOutput(Key(0)) { $0(x) }
    #expect(try Foo().apply(variables) { $0.width } == 2)
    let weights = try #require(try Foo().apply(variables) { $0.weights })
    try expectEqual(matmul(x, weights) * 2, y)
    #expect(
      errorText { try withErrors { _ = Foo().width } }
        .hasPrefix("\"Foo\" object has no attribute \"dense\""))
  }
}
