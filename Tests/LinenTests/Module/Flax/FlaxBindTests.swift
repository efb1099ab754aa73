import Linen
import Testing

private final class Foo: Module, @unchecked Sendable {
  @Setup var a: Dense
  @Setup var b: Dense
  override func setup() {
    a = Dense(3)
    b = Dense(1)
  }
}

private final class Normalized: Module, @unchecked Sendable {
  @Setup var a: Dense
  @Setup var bn: BatchNorm
  @Setup var b: Dense
  override func setup() {
    a = Dense(3)
    bn = BatchNorm()
    b = Dense(1)
  }
}

private final class Encoder: Module, @unchecked Sendable {
  @Setup var encoder: Dense
  @Setup var decoder: Dense
  override func setup() {
    encoder = Dense(4)
    decoder = Dense(2)
  }
  func callAsFunction(_ x: Tensor) -> Tensor { method(x) { x in decoder(encoder(x)) } }
}

/// What linen_module_test.py tests of functions of modules, `bind` and `unbind`.
@Suite struct FlaxBindTests {
  let x = Tensor.ones([4])

  private let f: (Foo, Tensor) -> Tensor = { foo, x in foo.b(foo.a(x)) }

  @Test func functionalApply() throws {
    let (start, run) = (outputInitializer(of: Foo(), f), applier(of: Foo(), f))
    let (y, variables) = try start(Key(0), x)
    try expectEqual(run(variables, x), y)
    // init_with_output of this function, key(0), ones(4)
    try expectScalars(y, [-0.16713972])
  }

  @Test func bindFunction() throws {
    let start = outputInitializer(of: Foo(), f)
    let (y, variables) = try start(Key(0), x)
    let bound = Foo().bind(variables)
    try expectEqual(bound { f($0, x) }, y)
  }

  @Test func bindStateful() throws {
    let g: (Normalized, Tensor) -> Tensor = { foo, x in
      foo.b(foo.bn(foo.a(x), useRunningAverage: false))
    }
    let foo = Normalized()
    let (start, run) = (outputInitializer(of: foo, g), applier(of: foo, mutable: "batch_stats", g))
    let (y1, variables) = try start(Key(0), x)
    let bound = foo.bind(variables, mutable: "batch_stats")
    let y2 = try bound { g($0, x) }
    let (y3, state) = try run(variables, x)
    try expectEqual(y1, y2)
    try expectEqual(y2, y3)
    let (a, b) = (state["batch_stats"], try bound.variables["batch_stats"])
    #expect(treeStructure(a) == treeStructure(b))
    for (a, b) in zip(treeLeaves(a), treeLeaves(b)) { try expectEqual(a, b) }
    try expectScalars(
      state["batch_stats"]["bn"]["mean"], [0.012175957, 0.00012210711, 0.0097685382])
  }

  @Test func unbindParts() throws {
    let foo = Encoder()
    let x = Tensor.ones([2])
    let variables = try foo.initialize(Key(0)) { $0(x) }
    let (encoder, encoderVariables) = try foo.bind(variables).encoder.unbind()
    let (decoder, decoderVariables) = try foo.bind(variables).decoder.unbind()
    #expect(encoder.features == 4)
    #expect(decoder.features == 2)
    for (name, part) in [("encoder", encoderVariables), ("decoder", decoderVariables)] {
      #expect(part.keys == ["params"])
      let params = variables["params"][name] as Variables
      for (a, b) in zip(treeLeaves(params), treeLeaves(part["params"])) { try expectEqual(a, b) }
    }
  }

  @Test func bindUnbindEquality() throws {
    final class Nested: Module, @unchecked Sendable {
      let part: Module
      init(_ part: Module) {
        self.part = part
        super.init()
      }
      func callAsFunction(_ x: Tensor) -> Tensor {
        compact(x) { x in
          let x = Dense(2)(x)
          return (part as? Nested)?(x) ?? (part as? Dense)?(x) ?? x
        }
      }
    }
    let model = Nested(Nested(Dense(3)))
    let x = Tensor.ones([1, 2])
    let variables = try model.initialize(Key(0)) { $0(x) }
    let bound = model.bind(variables)
    try expectEqual(bound { $0(x) }, try model.apply(variables) { $0(x) })
    let (other, others) = try bound.unbind()
    #expect(treeStructure(others) == treeStructure(variables))
    for (a, b) in zip(treeLeaves(variables), treeLeaves(others)) { try expectEqual(a, b) }
    #expect(other == model)
  }

  @Test func setupCalledForBoundSubmodules() throws {
    let inner = Sequential {
      Dense(2)
      relu
      Dense(2)
    }
    let model = Sequential {
      inner
      relu
      Dense(2)
    }
    let variables = try model.initialize(Key(0)) { $0(Tensor.ones([1, 3])) }
    let bound = model.bind(variables)
    try bound { model in
      for part in model.layers {
        guard case .layer(let layer) = part else { continue }
        #expect(layer.scope != nil)
        #expect(layer.isBound)
      }
      guard case .layer(let first)? = inner.layers.first else { return }
      #expect(first.path == ["layers_0", "layers_0"])
    }
  }

  @Test func submodulesInAListAreBound() throws {
    final class Bar: Module, @unchecked Sendable {
      let a: Int
      @Setup var b: Tensor
      init(_ a: Int) {
        self.a = a
        super.init()
      }
      override func setup() { b = param("b") { _ in Tensor(1) } }
      func callAsFunction(_ x: Tensor) -> Tensor { method(x) { x in x + a * b } }
    }
    final class Bars: Module, @unchecked Sendable {
      let bars: [Bar]
      init(_ bars: [Bar]) {
        self.bars = bars
        super.init()
      }
      func callAsFunction(_ x: Tensor) -> Tensor { method(x) { x in bars.reduce(x) { $1($0) } } }
    }
    let model = Bars([Bar(1)])
    let (y, variables) = try model.initializeWithOutput(Key(0)) { $0(Tensor(1)) }
    try expectScalars(y, [2])
    let bound = model.bind(variables)
    #expect(try bound { $0.bars[0].scope?.pathText } == "/bars_0")
    try expectScalars(bound { $0.bars[0].b }, [1])
  }
}
