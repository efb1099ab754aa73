import Linen
import Testing

/// What an initialization gives, as one tree.
private struct Initialized: TensorTree {
  var output: Tensor
  var variables: Variables

  mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit(.field("output"), &output)
    visitor.visit(.field("variables"), &variables)
  }
}

private final class SetupHelpers: Module, @unchecked Sendable {
  @Setup var a: Dense
  @Setup var b: Dense
  let isCompiled: Bool

  init(isCompiled: Bool) {
    self.isCompiled = isCompiled
    super.init()
  }

  override func setup() {
    a = Dense(2)
    setupHelper()
  }

  private func setupHelper() { b = Dense(2) }

  func callAsFunction(_ x: Tensor) -> Tensor {
    method(x) { x in
      func layers(_ module: SetupHelpers, _ x: Tensor) -> Tensor { module.b(module.a(x)) }
      return isCompiled
        ? jit()(self, x, static: 0, body: layers) : foldRNGs()(self, x, body: layers)
    }
  }
}

private final class SetupList: Module, @unchecked Sendable {
  @Setup var inners: [Dense]
  let isCompiled: Bool

  init(isCompiled: Bool) {
    self.isCompiled = isCompiled
    super.init()
  }

  override func setup() { inners = [Dense(2), Dense(2)] }

  private func helper(_ x: Tensor, _ layers: [Dense]) -> Tensor { layers[0](x) + layers[1](x) }

  func callAsFunction(_ x: Tensor) -> Tensor {
    method(x) { x in
      func layers(_ module: SetupList, _ x: Tensor) -> Tensor { module.helper(x, module.inners) }
      return isCompiled
        ? jit()(self, x, static: 0, body: layers) : foldRNGs()(self, x, body: layers)
    }
  }
}

private final class Sowing: Module, @unchecked Sendable {
  @Setup var inner: Lifting

  override func setup() {
    inner = Lifting { module, x in
      module.sow("intermediates", "loss", sum(x))
      return x + 1
    }
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    method(x) { x in jit()(self, x, static: 0) { $0.inner($1) } }
  }
}

private final class Add: Module, @unchecked Sendable {
  func callAsFunction(_ a: Tensor, b: Tensor) -> Tensor {
    method(a, b) { a, b in jit()(self, a, b, static: 0) { $1 + $2 } }
  }
}

private final class KeyBlock: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in jit()(self, static: 0) { $0.makeRNG("params").data } }
  }
}

@Suite("Lifted jit, from Flax's tests") struct JITTransformTests {
  @Test func jitOfLayers() throws { try TransformedMLPs.jitted.checkClass() }

  @Test func jitOfAMethod() throws { try TransformedMLPs.jitted.checkMethod() }

  @Test func jitOfInitialization() throws {
    let x = Tensor.ones([2, 3])
    let initialize = jit { (key: Key) in
      let (output, variables) = try Simple().initializeWithOutput(key) { $0(x) }
      return Initialized(output: output, variables: variables)
    }
    let compiled = try initialize(Key(0))
    let (output, variables) = try Simple().initializeWithOutput(Key(0)) { $0(x) }
    try expectScalars(compiled.output, output.scalars(as: Double.self))
    for (a, b) in zip(treeLeaves(compiled.variables), treeLeaves(variables)) {
      try expectEqual(a, b)
    }
  }

  @Test func jitWithSetupHelpers() throws {
    let x = Random.normal(Key(10), [2, 2])
    let variables = try SetupHelpers(isCompiled: true).initialize(Key(0)) { $0(x) }
    try expect(variables, "jit_setup_helpers", "vars", exactly: true)
    let y = try SetupHelpers(isCompiled: true).apply(variables) { $0(x) }
    try expect(y, "jit_setup_helpers", "out")
    let same = try SetupHelpers(isCompiled: false).initialize(Key(0)) { $0(x) }
    try expect(same, "jit_setup_helpers", "vars", exactly: true)
    try expectEqual(try SetupHelpers(isCompiled: false).apply(same) { $0(x) }, y)
  }

  @Test func jitWithSetupAndMethodsOnSubmoduleTrees() throws {
    let x = Random.normal(Key(10), [2, 2])
    for isCompiled in [true, false] {
      let model = SetupList(isCompiled: isCompiled)
      let variables = try model.initialize(Key(0)) { $0(x) }
      try expect(variables, "jit_setup_list", "vars", exactly: true)
      try expect(try model.apply(variables) { $0(x) }, "jit_setup_list", "out")
    }
  }

  @Test func jitKeywordArguments() throws {
    let y = try Add().apply([:]) { $0(Tensor(1.0), b: Tensor(2.0)) }
    #expect(try y.item() == 3)
  }

  @Test func jitStaticArguments() throws {
    final class Foo: Module, @unchecked Sendable {
      let counter = TraceCounter()

      func callAsFunction(_ a: Tensor, b: String) -> Tensor {
        method(a) { a in
          jit()(self, a, static: b) { module, a in
            module.counter.add()
            return b == "hi" ? a : -a
          }
        }
      }
    }
    let model = Foo()
    for _ in 0..<2 {
      #expect(try model.apply([:]) { $0(Tensor(1.0), b: "hi") }.item() == 1)
      #expect(try model.apply([:]) { $0(Tensor(1.0), b: "bye") }.item() == -1)
    }
    #expect(model.counter.value == 2)
  }

  @Test func jitAndSow() throws {
    let x = Tensor.ones([2, 2])
    let variables = try Sowing().initialize(Key(0)) { $0(x) }
    let (y, updates) = try Sowing().apply(variables, mutable: ["intermediates"]) { $0(x) }
    #expect(updates.description == "{'intermediates': {'inner': {'loss': (4.0,)}}}")
    try expectEqual(y, x + 1)
  }

  @Test func foldRNGsDrawsTheKeysOfJIT() throws {
    let model = Model(isCompact: false) { module, x in
      jit()(module, static: 0) { $0.makeRNG("params").data }
    }
    let folded = Model(isCompact: false) { module, x in
      foldRNGs()(module) { $0.makeRNG("params").data }
    }
    let x = Tensor(0.0)
    try expect(try model.apply([:], rngs: Key(0)) { $0(x) }, "key_jit", "out")
    try expect(try folded.apply([:], rngs: Key(0)) { $0(x) }, "key_fold_rngs", "out")
  }

  @Test func jitInScanDrawsTheSameKeysEachTime() throws {
    let model = Lifting { _, x in
      scan(variableAxes: ["params": 0], splitRNGs: ["params": true]) { KeyBlock() }(
        EmptyTree(), x
      ) { block, carry, x in (carry, block(x)) }.outputs
    }
    for _ in 0..<4 {
      let keys = try model.initializeWithOutput(Key(1)) { $0(arange(10)) }.output
      try expect(keys, "same_key", "out")
    }
  }
}
