import Linen
import Testing

private final class TwoMethods: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor { compact(x) { x in Dense(3)(x) } }
  func other(_ x: Tensor) -> Tensor { compact(x) { x in Dense(3)(x) } }
}

@Suite struct DiagnosticsTests {
  let x = Tensor.ones([1, 3])

  func facts(_ body: () throws -> Void) throws -> [Diagnostic.Fact] {
    try withDiagnostics(body).report.diagnostics.map(\.fact)
  }

  @Test func droppedSow() throws {
    let module = Model { module, x in
      module.sow("intermediates", "h", x)
      return x
    }
    let report = try withDiagnostics { try module.apply([:]) { $0($0(x)) } }.report
    #expect(report.diagnostics.map(\.fact) == [.sowDropped(collection: "intermediates", name: "h")])
    #expect(
      report.diagnostics.first?.description == """
        sow of "h" is dropped: collection "intermediates" is not mutable (in /M)
        hint: pass mutable: ["intermediates"]
        """)
    #expect(try facts { _ = try module.apply([:], mutable: "intermediates") { $0(x) } } == [])
  }

  @Test func streamsThatAreMissingOrEqual() throws {
    let module = Model { module, x in
      _ = module.makeRNG("noise")
      return Dropout(0.5, deterministic: false)(x)
    }
    #expect(
      try facts { _ = try module.apply([:], rngs: Key(0)) { $0(x) } }
        == [.streamFallback(stream: "noise"), .streamFallback(stream: "dropout")])
    #expect(
      try facts {
        _ = try module.apply([:], rngs: ["noise": Key(1), "dropout": Key(1)]) { $0(x) }
      } == [.equalKeys(first: "dropout", second: "noise")])
  }

  @Test func whoDrewWhichKey() throws {
    let module = Model { module, x in
      _ = module.makeRNG("noise")
      return Dropout(0.5, deterministic: false)(x)
    }
    let draws = try withDiagnostics {
      try module.apply([:], rngs: ["params": Key(0), "dropout": Key(1)]) { $0($0(x)) }
    }.report.draws
    #expect(draws.map(\.stream) == ["noise", "dropout", "noise", "dropout"])
    #expect(draws.map(\.source) == ["params", "dropout", "params", "dropout"])
    #expect(draws.map(\.path) == [[], ["Dropout_0"], [], ["Dropout_0"]])
    #expect(draws.map(\.count) == [1, 1, 2, 2])
  }

  @Test func namesSharedByMethods() throws {
    #expect(
      try facts { _ = try TwoMethods().initialize(Key(0)) { $0.other($0(x)) } }
        == [.nameShared(name: "Dense_0", first: "__call__", second: "other")])
    #expect(try facts { _ = try TwoMethods().initialize(Key(0)) { $0($0(x)) } } == [])
  }

  @Test func givenVariables() throws {
    var variables = try Simple().initialize(Key(0)) { $0(x) }
    #expect(try facts { _ = try Simple().apply(variables) { $0(x) } } == [])
    variables["params"]["Dense_1"]["kernel"] = Tensor.ones([1])
    let kernel: Tensor = variables["params"]["Dense_0"]["kernel"]
    variables["params"]["Dense_0"]["kernel"] = kernel.cast(to: .float16)
    #expect(
      try facts { _ = try Simple().apply(variables) { $0(x) } } == [
        .dtypeChanged(name: "kernel", stored: .float16, expected: .float32),
        .variableUnused(collection: "params", name: "Dense_1/kernel"),
      ])
  }

  @Test func keysOfPathsThatAreNotToldApart() throws {
    let module = Model { _, x in
      for (outer, inner) in [("ab", "c"), ("a", "bc")] {
        _ = Model(name: outer) { _, x in
          Model(name: inner) { deepest, x in deepest.makeRNG("noise").data }(x)
        }(x)
      }
      return x
    }
    func report(_ separation: RNGs.Separation) throws -> DiagnosticReport {
      let rngs = RNGs(["noise": Key(0)], separation: separation)
      return try withDiagnostics { try module.apply([:], rngs: rngs) { $0(x) } }.report
    }
    let plain = try report(.none)
    #expect(
      plain.diagnostics.map(\.fact) == [
        .keyRepeated(stream: "noise", first: "ab/c", second: "a/bc")
      ])
    // LazyRng(key(0), ('ab', 'c', 1)) of Flax.
    #expect(
      plain.draws.map(\.description) == [
        "noise /ab/c #1 Key([3394364501, 2580993835])",
        "noise /a/bc #1 Key([3394364501, 2580993835])",
      ])
    #expect(try report(.zeroByte).diagnostics.isEmpty)
  }

  @Test func variablesThatAreMissingOrOfAnotherDType() throws {
    let module = Model { module, x in
      let a = module.variable("state", "a") { Tensor.zeros([]) }
      let b = module.variable("state", "b") { Random.normal(module.makeRNG(), []) }
      return x + a.value + b.value
    }
    let given: Variables = ["state": ["b": Tensor(1.0).cast(to: .float16)]]
    #expect(
      try facts { _ = try module.apply(given, rngs: Key(0), mutable: "state") { $0(x) } } == [
        .variableMissing(collection: "state", name: "a"),
        .dtypeChanged(name: "b", stored: .float16, expected: .float32),
      ])
    // What is made where nothing was given, or by initialization, is not missing.
    #expect(try facts { _ = try module.apply([:], rngs: Key(0), mutable: "state") { $0(x) } } == [])
    #expect(try facts { _ = try module.initialize(Key(0)) { $0(x) } } == [])
  }

  @Test func variablesSharedByMethods() throws {
    final class Two: Module, @unchecked Sendable {
      func callAsFunction(_ x: Tensor) -> Tensor { compact(x) { x in x * param("w", .ones, [3]) } }
      func other(_ x: Tensor) -> Tensor { compact(x) { x in x + param("w", .ones, [3]) } }
    }
    #expect(
      try facts { _ = try Two().initialize(Key(0)) { $0.other($0(x)) } }
        == [.nameShared(name: "w", first: "__call__", second: "other")])
  }

  @Test func strictModeMakesThemErrors() throws {
    let module = Model { module, x in
      module.sow("intermediates", "h", x)
      return x
    }
    #expect(
      errorText { try strictly { _ = try module.apply([:]) { $0(x) } } }
        .hasPrefix("sow of \"h\" is dropped"))
    #expect(
      try strictly { try module.apply([:], mutable: "intermediates") { $0(x) } }.output.shape == [
        1, 3,
      ])
    _ = try module.apply([:]) { $0(x) }
  }
}
