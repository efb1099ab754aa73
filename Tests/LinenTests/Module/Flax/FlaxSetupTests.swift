import Linen
import Testing

private struct Pair: Hashable, CustomStringConvertible {
  let a: Int
  let b: Int
  var description: String { "(\(a), \(b))" }
}

private final class AddsInSetup: Module, @unchecked Sendable {
  @Setup var d: Dense
  override func setup() { d = Dense(2) }
  func callAsFunction(_ x: Tensor) -> Tensor { method(x) { x in d(x) } }
}

/// What linen_module_test.py tests of `setup`.
@Suite struct FlaxSetupTests {
  @Test func setupDictAssignment() throws {
    final class MLP: Module, @unchecked Sendable {
      @Setup var lyrs1: [String: Dense]
      @Setup var lyrs2: [Dense]
      override func setup() {
        lyrs1 = ["a": Dense(3, useBias: false), "b": Dense(3, useBias: false)]
        lyrs2 = [Dense(3, useBias: false), Dense(3, useBias: false)]
      }
      func callAsFunction(_ x: Tensor) -> Tensor {
        method(x) { x in ["a", "b"].reduce(x) { lyrs1[$1]?($0) ?? $0 } }
      }
    }
    let (y, again, params) = try twice(MLP()) { $0(Tensor.ones([10])) }
    try expectEqual(y, again)
    #expect(
      params.shapesDescription == "{'lyrs1_a': {'kernel': (10, 3)}, 'lyrs1_b': {'kernel': (3, 3)}}")
    try expectScalars(y, [-0.67538488, 0.5041039, 0.67616528])
  }

  @Test func setupDictNonstringKeys() throws {
    final class Foo: Module, @unchecked Sendable {
      @Setup var a: [Pair: Dense]
      override func setup() { a = [Pair(a: 1, b: 2): Dense(2)] }
      func callAsFunction(_ x: Tensor) -> Tensor {
        compact(x) { x in a[Pair(a: 1, b: 2)]?(x) ?? x }
      }
    }
    let variables = try Foo().initialize(Key(0)) { $0(Tensor.ones([1, 3])) }
    #expect(
      variables["params"].shapesDescription == "{'a_(1, 2)': {'bias': (2,), 'kernel': (3, 2)}}")
  }

  @Test func setupDictionaryOfValues() throws {
    final class Foo: Module, @unchecked Sendable {
      @Setup var a: [Int: Int]
      override func setup() { a = [1: 2] }
      func callAsFunction(_ x: Int) -> Int { compact { a[x] ?? 0 } }
    }
    let variables = try Foo().initialize(Key(0)) { $0(1) }
    #expect(try Foo().apply(variables) { $0(1) } == 2)
  }

  @Test func dictionaryOfValuesInAProperty() throws {
    final class Foo: Module, @unchecked Sendable {
      let a: [Int: Int]
      init(_ a: [Int: Int]) {
        self.a = a
        super.init()
      }
      func callAsFunction(_ x: Int) -> Int { compact { a[x] ?? 0 } }
    }
    let foo = Foo([1: 2])
    let variables = try foo.initialize(Key(0)) { $0(1) }
    #expect(try foo.apply(variables) { $0(1) } == 2)
  }

  @Test func submoduleAttribute() throws {
    final class Inner: Module, @unchecked Sendable {
      func callAsFunction() -> Tensor { compact { param("x") { _ in Tensor(40) } } }
    }
    final class Outer: Module, @unchecked Sendable {
      let inner: Inner
      init(_ inner: Inner) {
        self.inner = inner
        super.init()
      }
      func callAsFunction() -> Tensor { method { inner() } }
    }
    final class Wrapper: Module, @unchecked Sendable {
      @Setup var inner: Inner
      @Setup var outer: Outer
      override func setup() {
        inner = Inner()
        outer = Outer(inner)
      }
      func callAsFunction() -> Tensor { method { outer() } }
    }
    let scope = Scope.bind(["params": Variables()], rngs: Key(0), mutable: "params")
    _ = try Module.run(Wrapper(), on: scope) { $0() }
    // The variables are those of the wrapper's submodule, not of the one that got it.
    try expectScalars(scope.variables["params"]["inner"]["x"], [40])
    #expect(scope.variables["params"].keys == ["inner"])
  }

  @Test func paramInSetup() throws {
    final class Biased: Module, @unchecked Sendable {
      let shape: Shape
      @Setup var bias: Tensor
      init(_ shape: Shape) {
        self.shape = shape
        super.init()
      }
      override func setup() { bias = param("bias", .ones, shape) }
      func callAsFunction(_ x: Tensor) -> Tensor { method(x) { x in x + bias } }
    }
    let (y, again, params) = try twice(Biased([1])) { $0(Tensor([1.0])) }
    try expectScalars(y, [2])
    try expectEqual(y, again)
    try expectScalars(params["bias"], [1])
  }

  @Test func initOutsideSetupWithoutCompact() {
    let model = Model(isCompact: false) { module, x in x + module.param("bias", .ones, x.shape) }
    let scope = Scope.bind([:], rngs: Key(0), mutable: "params")
    let text = errorText { _ = try Module.run(model, on: scope) { $0(Tensor([1.0])) } }
    #expect(text.hasPrefix("Parameters must be initialized in `setup()`"), "\(text)")
  }

  @Test func initOutsideCall() throws {
    final class Dummy: Module, @unchecked Sendable {
      func callAsFunction(_ x: Tensor) -> Tensor { compact(x) { x in foo(x) } }
      func foo(_ x: Tensor) -> Tensor { method(x) { x in x + param("bias", .ones, x.shape) } }
    }
    let x = Tensor([1.0])
    let text = errorText { _ = try Dummy().initialize(Key(0)) { $0.foo(x) } }
    #expect(text.hasPrefix("Parameters must be initialized in `setup()`"), "\(text)")
    // Called from a compact method it may, as in Flax.
    #expect(try Dummy().initialize(Key(0)) { $0(x) }["params"].keys == ["bias"])
  }

  @Test func setupRunsLazilyForAPropertyOfASubmodule() throws {
    final class B: Module, @unchecked Sendable {
      @Setup var a: AddsInSetup
      override func setup() { a = AddsInSetup() }
      func callAsFunction(_ x: Tensor) -> (Tensor, Tensor) { method(x) { x in (a.d(x), a(x)) } }
    }
    let (outputs, _) = try B().initializeWithOutput(Key(0)) { $0(Tensor.ones([2])) }
    try expectEqual(outputs.0, outputs.1)
  }

  /// A module in `setup` has no place until it is assigned: its own `setup` can't run.
  @Test func propertyOfAModuleThatIsNotAssigned() {
    final class A: Module, @unchecked Sendable {
      @Setup var b: AddsInSetup
      override func setup() {
        let b = AddsInSetup()
        _ = b.d
        self.b = b
      }
      func callAsFunction() -> Int { method { 1 } }
    }
    let text = errorText { _ = try A().initialize(Key(0)) { $0() } }
    #expect(text.hasPrefix("\"AddsInSetup\" object has no attribute \"d\""), "\(text)")
  }

  @Test func setupDoesNotRunUnbound() {
    final class A: Module, @unchecked Sendable {
      let calls = CallCount()
      override func setup() { calls.value += 1 }
      func test() -> Int { method { 1 } }
    }
    let a = A()
    #expect(a.test() == 1)
    #expect(a.calls.value == 0)
  }

  @Test func moduleWithAttributesOfSetup() throws {
    let variables = try AddsInSetup().initialize(Key(0)) { $0(Tensor.ones([2])) }
    #expect(variables["params"]["d"].shapesDescription == "{'bias': (2,), 'kernel': (2, 2)}")
  }

  @Test func modulePassedAsAttribute() throws {
    final class A: Module, @unchecked Sendable {
      @Setup var b: Wrapping<Dense>
      override func setup() { b = Wrapping(Dense(2)) { $0($1) } }
      func callAsFunction(_ x: Tensor) -> Tensor { method(x) { x in b(x) } }
    }
    let variables = try A().initialize(Key(0)) { $0(Tensor.ones([1])) }
    #expect(
      variables.shapesDescription
        == "{'params': {'b': {'inner': {'bias': (2,), 'kernel': (1, 2)}}}}")
  }

  @Test func modulePassedInAClosure() throws {
    final class B: Module, @unchecked Sendable {
      let make: @Sendable () -> Dense
      @Setup var foo: Dense
      init(_ make: @escaping @Sendable () -> Dense) {
        self.make = make
        super.init()
      }
      override func setup() { foo = make() }
      func callAsFunction(_ x: Tensor) -> Tensor { method(x) { x in foo(x) } }
    }
    let a = Dense(2)
    let variables = try B { a }.initialize(Key(0)) { $0(Tensor.ones([1])) }
    #expect(variables.shapesDescription == "{'params': {'foo': {'bias': (2,), 'kernel': (1, 2)}}}")
    #expect(a.name == nil)
  }

  @Test func mixedListAssignmentInSetup() throws {
    final class Test: Module, @unchecked Sendable {
      @Setup var layers: [Any]
      override func setup() {
        let activation: (Tensor) -> Tensor = { relu($0) }
        layers = [Dense(10), activation, Dense(10)]
      }
      func callAsFunction(_ x: Tensor) -> Tensor {
        method(x) { x in
          layers.reduce(x) { x, layer in
            if let dense = layer as? Dense { return dense(x) }
            return (layer as? (Tensor) -> Tensor)?(x) ?? x
          }
        }
      }
    }
    let x = Random.uniform(Key(0), [5, 5])
    let variables = try Test().initialize(Key(0)) { $0(Tensor.ones([5, 5])) }
    #expect(variables["params"].keys == ["layers_0", "layers_2"])
    let first: Tensor = variables["params"]["layers_0"]["kernel"]
    let last: Tensor = variables["params"]["layers_2"]["kernel"]
    let y = try Test().apply(variables) { $0(x) }
    try expectEqual(y, matmul(relu(matmul(x, first)), last))
    try expectScalars(
      y.indexed([0]),
      [
        -0.53710794, 0.73008084, 0.02648519, -0.97021031, -0.04621841, -0.21136084, -0.40418461,
        -0.054512307, 0.19405895, 0.45326257,
      ])
  }

  /// The names of modules in nested containers; of what is no module, none.
  @Test func suffixesOfNestedContainers() throws {
    final class Nested: Module, @unchecked Sendable {
      @Setup var list: [Any]
      @Setup var table: [String: Any]
      @Setup var nothing: [Any?]
      override func setup() {
        list = [Dense(1), 0, Dense(2)]
        table = ["a": 1, "b": ["c": Dense(3), "d": 2] as [String: Any], "e": [Dense(4)]]
        nothing = [nil, [Any](), [String: Int](), Set<Int>(), 0]
      }
      func callAsFunction() -> String { method { "\(self)" } }
    }
    let text = try Nested().apply([:]) { $0() }
    let names = text.matches(of: /(\w+) = Dense/).map { String($0.output.1) }
    #expect(names == ["list_0", "list_2", "table_b_c", "table_e_0"])
  }

  @Test func freezeAttributes() {
    final class Lists: Module, @unchecked Sendable {
      let list: [Int]
      let pair: (a: Int, b: Int)
      init(_ list: [Int], _ pair: (a: Int, b: Int)) {
        self.list = list
        self.pair = pair
        super.init()
      }
    }
    // As values of Swift they can't change; they print as the tuples that Flax makes of them.
    let module = Lists([1, 2], (a: 1, b: 2))
    #expect("\(module)".contains("list = (1, 2)\n    pair = (1, 2)"))
    #expect(module.pair.a == 1)
  }
}

final class CallCount: @unchecked Sendable {
  var value = 0
}
