import Linen
import Testing

private final class MLP: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor { compact(x) { x in hidden(hidden(x)) } }

  private func hidden(_ x: Tensor) -> Tensor { Dense(3, useBias: false)(x) }
}

private final class Top: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      let mlp = MLP()
      return mlp(x) + mlp(x)
    }
  }
}

private final class Square: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in matmul(x, param("kernel", .lecunNormal(), [x.shape[-1], x.shape[-1]])) }
  }
}

private final class Widths: Module, @unchecked Sendable {
  let widths: [Int]

  init(_ widths: [Int]) {
    self.widths = widths
    super.init()
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      let x = widths.dropLast().reduce(x) { relu(Dense($1)($0)) }
      return Dense(widths[widths.count - 1])(x)
    }
  }
}

/// What linen_module_test.py tests of modules on a scope, and of `lazy_init`.
@Suite struct FlaxBasicsTests {
  @Test func initModule() throws {
    let (y, again, params) = try twice(AddsBias()) { $0(Tensor([1.0])) }
    try expectScalars(y, [2])
    try expectEqual(y, again)
    #expect(params.keys == ["bias"])
    try expectScalars(params["bias"], [1])
  }

  @Test func argModule() throws {
    let (y, again, params) = try twice(Dense(3, useBias: false)) { $0(Tensor.ones([10])) }
    try expectEqual(y, again)
    #expect(params.shapesDescription == "{'kernel': (10, 3)}")
    // Dense(3, use_bias=False).init_with_output(key(0), ones(10))
    try expectScalars(y, [0.42052132, 0.28571668, 1.0057573])
  }

  @Test func utilFun() throws {
    let (y, again, params) = try twice(MLP()) { $0(Tensor.ones([10])) }
    try expectEqual(y, again)
    #expect(
      params.shapesDescription == "{'Dense_0': {'kernel': (10, 3)}, 'Dense_1': {'kernel': (3, 3)}}")
    try expectScalars(y, [-0.00050447823, -0.8558079, -0.31324315])
  }

  @Test func nestedModuleReuse() throws {
    let (y, again, params) = try twice(Top()) { $0(Tensor.ones([10])) }
    try expectEqual(y, again)
    #expect(
      params.shapesDescription
        == "{'MLP_0': {'Dense_0': {'kernel': (10, 3)}, 'Dense_1': {'kernel': (3, 3)}}}")
    try expectScalars(y, [-0.0096842162, -0.15121949, 0.14915636])
  }

  @Test func lazyInit() throws {
    // 512 GiB, if it had values.
    let x = Tensor(ShapeDtype([1024 * 1024 * 1024, 128]))
    let variables = try Square().lazyInitialize(Key(0)) { $0(x) }
    let eager = try Square().initialize(Key(0)) { $0(Tensor.ones([1, 128])) }
    try expectEqual(variables["params"]["kernel"], eager["params"]["kernel"])
  }

  @Test func lazyInitFailsOnDataDependence() throws {
    let model = Model { module, x in x * module.param("kernel") { _ in x } }
    let text = errorText {
      _ = try model.lazyInitialize(Key(0)) { $0(Tensor(ShapeDtype([8, 4]))) }
    }
    #expect(text.contains("#flax.errors.LazyInitError"), "\(text)")
    // Given with its values, the same input may be used.
    let variables = try model.lazyInitialize(Key(0)) { $0(Tensor.ones([8, 4])) }
    try expectEqual(variables["params"]["kernel"], Tensor.ones([8, 4]))
  }

  /// Only what the variables need has values.
  @Test func lazyInitMixesAbstractAndConcreteInputs() throws {
    final class Shifted: Module, @unchecked Sendable {
      func callAsFunction(_ x: Tensor, shift: Tensor) -> Tensor {
        compact(x, shift) { x, shift in
          let y = Dense(2)(x)
          return y + param("shift") { _ in shift * 2 }
        }
      }
    }
    let variables = try Shifted().lazyInitialize(Key(0)) {
      $0(Tensor(ShapeDtype([1 << 40, 3])), shift: Tensor([1.0, 2.0]))
    }
    try expectScalars(variables["params"]["shift"], [2, 4])
    #expect(
      variables["params"].shapesDescription
        == "{'Dense_0': {'bias': (2,), 'kernel': (3, 2)}, 'shift': (2,)}")
    // Inside a transform, where the key has no value either.
    let compiled = jit { (key: Key) in
      try Shifted().lazyInitialize(key) {
        $0(Tensor(ShapeDtype([1 << 40, 3])), shift: Tensor([1.0, 2.0]))
      }
    }
    let other = try compiled(Key(0))
    for (a, b) in zip(treeLeaves(other), treeLeaves(variables)) { try expectEqual(a, b) }
  }

  @Test func arrayShapeClassArgs() throws {
    let widths = try Tensor([Int32(3), 3]).scalars(as: Int.self)
    let variables = try Widths(widths).initialize(["params": Key(42)]) { $0(Tensor.ones([3, 3])) }
    let y = try Widths(widths).apply(variables) { $0(Tensor.ones([3, 3])) }
    try expectScalars(y.indexed([0]), [0.30009899, 0.22177131, 0.11130853])
  }

  @Test func passingMutableVariables() throws {
    let x = Tensor.ones([3])
    var variables = try Model { _, x in Dense(2)(x) }.initialize(Key(0)) { $0(x) }
    variables["params"]["Dense_0"]["bias"] = Tensor([1.0, 2.0])
    let y = try Model { _, x in Dense(2)(x) }.apply(variables) { $0(x) }
    #expect(y.shape == [2])
  }

  @Test func attributeWithEmptyContainer() throws {
    final class Empty: Module, @unchecked Sendable {
      let bar: [String: [Int]]
      init(_ bar: [String: [Int]]) {
        self.bar = bar
        super.init()
      }
      func callAsFunction() -> Int { compact { bar["a"]?.count ?? -1 } }
    }
    #expect(try Empty(["a": []]).apply([:]) { $0() } == 0)
  }

  @Test func inheritedConfiguration() throws {
    class Base: PassesThrough, @unchecked Sendable {
      let bar: Int
      init(bar: Int, name: String? = nil) {
        self.bar = bar
        super.init(name: name)
      }
    }
    class Longer: Base, @unchecked Sendable {
      let baz: Int
      init(bar: Int, baz: Int, name: String? = nil) {
        self.baz = baz
        super.init(bar: bar, name: name)
      }
    }
    final class Same: Longer, @unchecked Sendable {}
    let x = Tensor.ones([5])
    for module in [Base(bar: 4), Longer(bar: 4, baz: 2), Same(bar: 5, baz: 3, name: "same")] {
      let (y, variables) = try module.initializeWithOutput(Key(0)) { $0(x) }
      try expectEqual(y, x)
      #expect(variables.isEmpty)
      #expect(module.parent == nil)
    }
    #expect(Same(bar: 5, baz: 3, name: "same").name == "same")
    #expect("\(Base(bar: 4))" == "Base(\n    # attributes\n    bar = 4\n)")
    #expect("\(Same(bar: 5, baz: 3))" == "Same(\n    # attributes\n    bar = 5\n    baz = 3\n)")
  }

  @Test func superCompact() throws {
    class Foo: Module, @unchecked Sendable {
      func callAsFunction(_ x: Tensor) -> Tensor { compact(x) { x in Dense(4)(x) } }
    }
    final class Bar: Foo, @unchecked Sendable {
      override func callAsFunction(_ x: Tensor) -> Tensor {
        compact(x) { x in
          let y = super.callAsFunction(x)
          return Dense(3)(y)
        }
      }
    }
    let x = Tensor.ones([4, 7])
    let variables = try Bar().initialize(Key(0)) { $0(x) }
    #expect(
      variables["params"].shapesDescription
        == "{'Dense_0': {'bias': (4,), 'kernel': (7, 4)}, "
        + "'Dense_1': {'bias': (3,), 'kernel': (4, 3)}}")
    #expect(try Bar().apply(variables) { $0(x) }.shape == [4, 3])
  }

  @Test func superSetup() throws {
    class Foo: Module, @unchecked Sendable {
      @Setup var a: Dense
      override func setup() { a = Dense(4) }
    }
    final class Bar: Foo, @unchecked Sendable {
      @Setup var b: Dense
      override func setup() {
        super.setup()
        b = Dense(3)
      }
      func callAsFunction(_ x: Tensor) -> Tensor { method(x) { x in b(a(x)) } }
    }
    let x = Tensor.ones([4, 7])
    let variables = try Bar().initialize(Key(0)) { $0(x) }
    #expect(variables["params"].keys == ["a", "b"])
    #expect(try Bar().apply(variables) { $0(x) }.shape == [4, 3])
  }

  @Test func multipleCompactMethods() throws {
    final class Two: Module, @unchecked Sendable {
      func callAsFunction(_ x: Tensor) -> Tensor {
        compact(x) { x in
          let x = Dense(1)(x)
          return other(x)
        }
      }
      func other(_ x: Tensor) -> Tensor { compact(x) { x in Dense(1)(x) } }
    }
    let variables = try Two().initialize(Key(0)) { $0(Tensor.ones([1, 1])) }
    #expect(variables["params"].keys == ["Dense_0", "Dense_1"])
  }

  @Test func compactMethodOfASubclass() throws {
    class Dummy: Module, @unchecked Sendable {
      func callAsFunction() -> Int { compact { 1 } }
    }
    final class SubDummy: Dummy, @unchecked Sendable {
      override func callAsFunction() -> Int { compact { super.callAsFunction() + 1 } }
    }
    #expect(try Module.run(SubDummy(), on: Scope.bind([:])) { $0() } == 2)
  }

  @Test func forgottenCompact() {
    final class Bar: Module, @unchecked Sendable {
      func callAsFunction(_ x: Tensor) -> Tensor { method(x) { x in Dense(1)(x) } }
    }
    let foo = Model { _, x in
      let bar = Bar()
      return bar(bar(x))
    }
    let text = errorText { _ = try foo.initialize(Key(0)) { $0(Tensor.ones([1, 3])) } }
    #expect(
      text.hasPrefix(
        "Submodule Dense must be defined in `setup()` or in a method wrapped in `@compact` "
          + "(\(documentation)AssignSubModuleError)"), "\(text)")
  }

  @Test func genericModules() throws {
    class Component<T: Sendable>: Module, @unchecked Sendable {
      func f(_ t: T) -> T { t }
    }
    final class Uses: Module, @unchecked Sendable {
      let part: Component<Tensor>
      @Setup var other: Component<Int>
      init(_ part: Component<Tensor>) {
        self.part = part
        super.init()
      }
      override func setup() { other = Component<Int>() }
      func callAsFunction(_ x: Tensor) -> Tensor { method(x) { x in part.f(x) + other.f(1) } }
    }
    let x = Tensor([1.0])
    try expectScalars(Uses(Component<Tensor>()).apply([:]) { $0(x) }, [2])
    #expect(Component<Tensor>.linenName == "Component")
    _ = try Uses(Component<Tensor>()).initialize([String: Key]()) { $0(x) }
  }

  @Test func configurationMadeByAnInitializer() {
    final class Foo: Module, @unchecked Sendable {
      let love: Int
      let hate: Int
      init(love: Int = 99) {
        self.love = love
        hate = 100 - love
        super.init()
      }
    }
    #expect(Foo().love == 99)
    #expect(Foo().hate == 1)
    #expect("\(Foo())".contains("hate = 1"))
  }

  @Test func innerClassDefinition() throws {
    final class X: Module, @unchecked Sendable {
      struct Hyper: Hashable {
        var a: Int
      }
      let hyper: Hyper
      init(_ hyper: Hyper) {
        self.hyper = hyper
        super.init()
      }
      func callAsFunction(_ x: Tensor) -> Tensor { compact(x) { x in x + hyper.a } }
    }
    try expectScalars(X(.init(a: 1)).apply([:]) { $0(Tensor([1.0])) }, [2])
    #expect(X(.init(a: 1)) == X(.init(a: 1)))
    #expect(X(.init(a: 1)) != X(.init(a: 2)))
  }

  @Test func nonstringKeysInADictionaryOfAModule() throws {
    enum Choice: String { case a, b }
    final class Chooses: Module, @unchecked Sendable {
      let config: [Choice: Int]
      init(_ config: [Choice: Int]) {
        self.config = config
        super.init()
      }
      func callAsFunction(_ x: Tensor) -> Tensor { method(x) { x in x * (config[.b] ?? 0) } }
    }
    let variables = try Chooses([.a: 1, .b: 2]).initialize(Key(0)) { $0(Tensor.zeros([0])) }
    #expect(variables.isEmpty)
  }
}
