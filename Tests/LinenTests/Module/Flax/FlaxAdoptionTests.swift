import Linen
import Testing

private func dense(_ features: Int) -> Dense { Dense(features, useBias: false) }

private final class CountsCalls: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      variable("counter", "i") { Tensor.zeros([]) }.value += 1
      return Dense(1)(x)
    }
  }

  override class var linenName: String { "A" }
}

private final class Table: Module, @unchecked Sendable {
  let a: [String: CountsCalls]
  let order: [String]

  init(_ a: [String: CountsCalls], _ order: [String]) {
    self.a = a
    self.order = order
    super.init()
  }

  override class var submoduleNames: [String: String] { ["a": "A"] }

  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in order.reduce(Tensor.zeros([2, 1])) { $0 + (a[$1]?(x) ?? 0) } }
  }
}

private final class Zeros: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in x + param("p", .zeros, x.shape) }
  }
}

private class Bar: Module, @unchecked Sendable {
  let sub: Module

  init(_ sub: Module, name: String? = nil) {
    self.sub = sub
    super.init(name: name)
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    method(x) { x in (sub as? Zeros)?(x) ?? (sub as? Bar)?(x) ?? x }
  }
}

private final class Preserving: Bar, @unchecked Sendable {
  override class var preservesAdoptedNames: Bool? { true }
}

private final class Renaming: Bar, @unchecked Sendable {
  override class var preservesAdoptedNames: Bool? { false }
}

private final class Projected: Module, @unchecked Sendable {
  @Setup var dense: Dense
  override func setup() { dense = Dense(4, useBias: false) }
  func callAsFunction(_ x: Tensor) -> Tensor { method(x) { x in dense(x) } }
}

private final class Projects: Module, @unchecked Sendable {
  let a: Projected
  @Setup var proj: Dense
  init(_ a: Projected) {
    self.a = a
    super.init()
  }
  override func setup() { proj = Dense(6, useBias: false) }
  func callAsFunction(_ x: Tensor) -> Tensor { method(x) { x in proj(a(x)) } }
}

/// What linen_module_test.py tests of modules that are passed to others, and of their names.
@Suite struct FlaxAdoptionTests {
  let x = Tensor.zeros([1])

  private func names(_ module: Bar) throws -> [String] {
    let variables = try module.initialize(Key(0)) { $0(x) }
    _ = try module.apply(variables) { $0(x) }
    return variables["params"].keys
  }

  @Test func toplevelSubmoduleAdoption() throws {
    final class Encoder: Module, @unchecked Sendable {
      let layerCount: Int
      let channels: Int
      @Setup var layers: [Dense]
      init(layers: Int, channels: Int) {
        layerCount = layers
        self.channels = channels
        super.init()
      }
      override func setup() { layers = (0..<layerCount).map { _ in Dense(channels) } }
      func callAsFunction(_ x: Tensor) -> Tensor {
        method(x) { x in layers.reduce(x) { relu($1($0)) } }
      }
    }
    final class Network: Module, @unchecked Sendable {
      let encoder: Encoder
      let outputs: Int
      @Setup var denseOut: Dense
      init(_ encoder: Encoder, outputs: Int) {
        self.encoder = encoder
        self.outputs = outputs
        super.init()
      }
      override func setup() { denseOut = Dense(outputs, name: "dense_out") }
      func callAsFunction(_ x: Tensor) -> Tensor { method(x) { x in denseOut(encoder(x)) } }
    }
    let model = Network(Encoder(layers: 1, channels: 8), outputs: 5)
    let x = Random.uniform(Key(0), [4, 4])
    let variables = try model.initialize(Key(0)) { $0(x) }
    let y = try model.apply(variables) { $0(x) }
    #expect(
      variables.shapesDescription
        == "{'params': {'dense_out': {'bias': (5,), 'kernel': (8, 5)}, "
        + "'encoder': {'layers_0': {'bias': (8,), 'kernel': (4, 8)}}}}")
    #expect(y.shape == [4, 5])
    try expectScalars(
      y.indexed([0]), [0.010525107, 1.0046761, -0.97518277, -0.024330825, 0.059060469])
  }

  @Test func adoptionFromADictionary() throws {
    final class Chain: Module, @unchecked Sendable {
      let a: [String: CountsCalls]
      init(_ a: [String: CountsCalls]) {
        self.a = a
        super.init()
      }
      override class var submoduleNames: [String: String] { ["a": "A"] }
      func callAsFunction(_ x: Tensor) -> Tensor {
        compact(x) { x in ["bar", "foo"].reduce(x) { a[$1]?($0) ?? $0 } }
      }
    }
    let b = Chain(["foo": CountsCalls(), "bar": CountsCalls()])
    let x = Tensor.ones([2, 1])
    let variables = try b.initialize(Key(0)) { $0(x) }
    let counters = try b.apply(variables, mutable: "counter") { $0(x) }.variables
    #expect(counters["counter"].shapesDescription == "{'A_bar': {'i': ()}, 'A_foo': {'i': ()}}")
    try expectScalars(counters["counter"]["A_bar"]["i"], [2])
    try expectScalars(counters["counter"]["A_foo"]["i"], [2])
  }

  @Test func adoptionFromADictionaryOfOneModule() throws {
    let a = CountsCalls()
    let b = Table(["foo": a, "bar": a, "baz": a], ["foo", "bar", "baz"])
    let x = Tensor.ones([2, 2])
    let variables = try b.initialize(Key(0)) { $0(x) }
    let counters = try b.apply(variables, mutable: "counter") { $0(x) }.variables
    #expect(counters["counter"].keys == ["A_bar"])
    try expectScalars(counters["counter"]["A_bar"]["i"], [6])
  }

  @Test func toplevelSubmoduleAdoptionSharing() throws {
    final class A: Module, @unchecked Sendable {
      func callAsFunction(_ x: Tensor) -> Tensor { compact(x) { x in dense(2)(x) } }
    }
    final class B: Module, @unchecked Sendable {
      let a: A
      init(_ a: A) {
        self.a = a
        super.init()
      }
      func callAsFunction(_ x: Tensor) -> Tensor { compact(x) { x in dense(2)(x) + a(x) } }
    }
    final class C: Module, @unchecked Sendable {
      let a: A
      let b: B
      init(_ a: A, _ b: B) {
        self.a = a
        self.b = b
        super.init()
      }
      func callAsFunction(_ x: Tensor) -> Tensor { compact(x) { x in dense(2)(x) + b(x) + a(x) } }
    }
    let a = A()
    let x = Tensor.ones([2, 2])
    let c = C(a, B(a))
    let variables = try c.initialize(Key(0)) { $0(x) }
    let part = "{'Dense_0': {'kernel': (2, 2)}}"
    #expect(
      variables.shapesDescription
        == "{'params': {'Dense_0': {'kernel': (2, 2)}, 'a': \(part), 'b': \(part)}}")
    try expectScalars(c.apply(variables) { $0(x) }.indexed([0]), [-2.6767275, 0.78494763])
  }

  @Test func toplevelNamedSubmoduleAdoption() throws {
    let b = Projects(Projected(name: "foo"))
    let shapes = { try b.initialize(Key(0)) { $0(Tensor.zeros([5, 5])) }.shapesDescription }
    let (part, proj) = ("{'dense': {'kernel': (5, 4)}}", "'proj': {'kernel': (4, 6)}")
    #expect(try shapes() == "{'params': {'a': \(part), \(proj)}}")
    let kept = try preservingAdoptedNames(true, shapes)
    #expect(kept == "{'params': {'foo': \(part), \(proj)}}")
  }

  @Test func relaxedAdoption() throws {
    let bar = Bar(Zeros(name: "foo"))
    #expect(try preservingAdoptedNames { try names(bar) } == ["foo"])
    #expect(try preservingAdoptedNames(false) { try names(bar) } == ["sub"])
    #expect(try names(bar) == ["sub"])
  }

  @Test func classOptionalAdoptionNamePreservation() throws {
    #expect(try names(Preserving(Zeros(name: "foo"))) == ["foo"])
    #expect(try preservingAdoptedNames { try names(Renaming(Zeros(name: "foo"))) } == ["sub"])
  }

  @Test func nestedClassOptionalAdoptionNamePreservation() throws {
    let baz = Preserving(Preserving(Zeros(name: "foo"), name: "bar"))
    let variables = try baz.initialize(Key(0)) { $0(x) }
    #expect(variables.shapesDescription == "{'params': {'bar': {'foo': {'p': (1,)}}}}")
    _ = try baz.apply(variables) { $0(x) }
  }

  @Test func relaxedAdoptionStillConflictChecks() {
    final class Two: Module, @unchecked Sendable {
      let sub1: Zeros
      let sub2: Zeros
      init(_ sub1: Zeros, _ sub2: Zeros) {
        self.sub1 = sub1
        self.sub2 = sub2
        super.init()
      }
      func callAsFunction(_ x: Tensor) -> Tensor { method(x) { x in sub1(x) } }
    }
    let two = Two(Zeros(name: "foo"), Zeros(name: "foo"))
    let text = errorText {
      try preservingAdoptedNames { _ = try two.initialize(Key(0)) { $0(x) } }
    }
    #expect(text.contains("#flax.errors.NameInUseError"), "\(text)")
  }

  @Test func relaxedAdoptionUnnamedAdoptee() throws {
    #expect(try preservingAdoptedNames { try names(Bar(Zeros())) } == ["sub"])
    #expect(try names(Bar(Zeros())) == ["sub"])
  }

  @Test func nestedExternalModules() throws {
    final class Baz: Module, @unchecked Sendable {
      let a: Int
      @Setup var b: Tensor
      init(_ a: Int) {
        self.a = a
        super.init()
      }
      override func setup() { b = param("b") { _ in Tensor(2) } }
      func callAsFunction(_ x: Tensor) -> Tensor { method(x) { x in x + a * b } }
    }
    final class Foo: Module, @unchecked Sendable {
      @Setup var bar: Wrapping<Baz>
      override func setup() { bar = Wrapping(Baz(1)) { $0($1) } }
      func callAsFunction(_ x: Tensor) -> Tensor { method(x) { x in bar.inner(x) } }
    }
    let (y, variables) = try Foo().initializeWithOutput(Key(0)) { $0(Tensor(1)) }
    try expectScalars(y, [3])
    #expect(variables.shapesDescription == "{'params': {'bar': {'inner': {'b': ()}}}}")
  }

  @Test func propertyOfASubmoduleTriggersSetup() throws {
    final class B: Module, @unchecked Sendable {
      @Setup var p1: Tensor
      override func setup() { p1 = param("p1") { _ in Tensor.ones([2]) } }
      func fn1(_ x: Tensor) -> Tensor { method(x) { x in p1 + x } }
    }
    let a = Wrapping(B()) { $0.fn1($1) }
    let x = Tensor.zeros([2])
    let start = initializer(of: a) { (a: Wrapping<B>, x: Tensor) in a(x) }
    let run = applier(of: a) { (a: Wrapping<B>, x: Tensor) in a.inner.fn1(x) }
    try expectScalars(run(start(Key(0), x), x), [1, 1])
  }

  @Test func nestedSequentialInCall() throws {
    final class Foo: Module, @unchecked Sendable {
      @Setup var seq: Sequential
      override func setup() { seq = Sequential((0..<10).map { _ in Dense(10) }) }
      func callAsFunction(_ x: Tensor) -> Tensor {
        method(x) { x in
          // Only the first layer is called.
          guard case .layer(let layer)? = seq.layers.first else { return x }
          return layer(x)
        }
      }
    }
    let variables = try Foo().initialize(Key(0)) { $0(Tensor.ones([1, 10])) }
    #expect(
      variables.shapesDescription
        == "{'params': {'seq': {'layers_0': {'bias': (10,), 'kernel': (10, 10)}}}}")
  }

  @Test func nestedInit() throws {
    final class Baz: Module, @unchecked Sendable {
      @Setup var b: Tensor
      override func setup() { b = param("b") { _ in Tensor(1.0) } }
      func callAsFunction(_ x: Tensor) -> Tensor { method(x) { x in x + b } }
    }
    final class Foo: Module, @unchecked Sendable {
      @Setup var bar: Wrapping<Baz>
      override func setup() { bar = Wrapping(Baz()) { $0($1) } }
      func callAsFunction(_ x: Tensor) throws -> (Tensor, Variables) {
        try method { try bar.initializeWithOutput(Key(0)) { $0(x) } }
      }
    }
    let (output, variables) = try Foo().initializeWithOutput(Key(0)) { try $0(Tensor(1.0)) }
    try expectScalars(output.0, [2])
    #expect(output.1.shapesDescription == "{'params': {'inner': {'b': ()}}}")
    #expect(variables.isEmpty)
  }

  @Test func nestedShared() throws {
    final class Shared: Module, @unchecked Sendable {
      func callAsFunction(_ x: Tensor) -> Tensor { compact(x) { x in Dense(1)(x) } }
    }
    final class Super: Module, @unchecked Sendable {
      let a: Wrapping<Shared>
      let b: Wrapping<Shared>
      init(_ a: Wrapping<Shared>, _ b: Wrapping<Shared>) {
        self.a = a
        self.b = b
        super.init()
      }
      func runA(_ x: Tensor) -> Tensor { method(x) { x in a(x) } }
      func runB(_ x: Tensor) -> Tensor { method(x) { x in b(x) } }
      func callAsFunction(_ x: Tensor) -> Tensor { method(x) { x in a(x) + b(x) } }
    }
    let shared = Shared()
    let model = Super(Wrapping(shared) { $0($1) }, Wrapping(shared) { $0($1) })
    let x = Tensor.ones([1])
    let variables = try model.initialize(Key(0)) { $0(x) }
    #expect(variables["params"].keys == ["a"])
    let both = try model.apply(variables) { $0(x) }
    let a = try model.apply(variables) { $0.runA(x) }
    let b = try model.apply(variables) { $0.runB(x) }
    try expectEqual(a, b)
    try expectEqual(both, a + b)
  }
}
