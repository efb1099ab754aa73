import Linen
import Testing

private let own: VMap = vmap(variableAxes: ["params": 0], splitRNGs: ["params": true])
private let shared: VMap = vmap(variableAxes: ["params": nil], splitRNGs: ["params": false])

private final class NormMLP: Module, UnaryLayer, @unchecked Sendable {
  let axisName: String?

  init(axisName: String? = nil) {
    self.axisName = axisName
    super.init()
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      let h = Dense(3)(x)
      return BatchNorm(useRunningAverage: false, axisName: axisName)(h)
    }
  }
}

private final class JITOuter: Module, UnaryLayer, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in jit()(self, x, static: 0) { Dense(5)($1) } }
  }
}

private final class VMapInner: Module, UnaryLayer, @unchecked Sendable {
  let outerModule: JITOuter

  init(_ outerModule: JITOuter, name: String) {
    self.outerModule = outerModule
    super.init(name: name)
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      own(self, x) { module, x in jit()(module, x, static: 0) { $0.outerModule($1) } }
    }
  }
}

private final class Parameter: Module, UnaryLayer, @unchecked Sendable {
  @Setup var test: Tensor

  override func setup() { test = param("test", .ones, []) }

  func callAsFunction(_ x: Tensor) -> Tensor { method(x) { x in x * test } }
}

/// A layer, `A`.
private final class A: Module, UnaryLayer, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor { compact(x) { x in Dense(3)(x) } }
}

/// A module that uses a layer in its property `A`.
private final class B: Module, UnaryLayer, @unchecked Sendable {
  let layer: A

  init(_ layer: A) {
    self.layer = layer
    super.init()
  }

  override class var submoduleNames: [String: String] { ["layer": "A"] }

  func callAsFunction(_ x: Tensor) -> Tensor { compact(x) { x in layer(x) } }
}

/// A module that maps what it holds.
private final class C: Module, UnaryLayer, @unchecked Sendable {
  let a: A?
  let b: B
  let isMapped: Bool

  init(_ a: A?, _ b: B, isMapped: Bool = true) {
    (self.a, self.b, self.isMapped) = (a, b, isMapped)
    super.init()
  }

  override class var submoduleNames: [String: String] { ["a": "A", "b": "B"] }

  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      func layers(_ module: C, _ x: Tensor) -> Tensor {
        let y = module.b(x)
        return module.a.map { y + $0(x) } ?? y
      }
      return isMapped ? own(self, x, body: layers) : layers(self, x)
    }
  }
}

private final class PartialMethod: Module, @unchecked Sendable {
  func inner(_ x: Tensor) -> Tensor { compact(x) { x in Dense(2, useBias: false)(x) } }

  func callAsFunction(_ x: Tensor) -> Tensor { method(x) { x in own(self, x) { $0.inner($1) } } }
}

@Suite("Lifted vmap, from Flax's tests") struct VMapTransformTests {
  /// The mapped model gives what the plain one gives member by member.
  private func checkMapped(_ form: String, _ model: some UnaryLayer) throws {
    let keys = Key(3).split(into: [3])
    let (x, batch) = (Random.uniform(keys[0], [4, 4]), Random.uniform(keys[1], [5, 4, 4]))
    let plain = LayerwiseMLP()
    let variables = try plain.initialize(keys[2]) { $0(x) }
    let members = try (0..<5).map { i in try plain.apply(variables) { $0(batch[i]) } }
    let y = try model.apply(variables) { $0(batch) }
    try expectScalars(y, stack(members).scalars(as: Double.self))
    let name = "mlp_vmap_\(form)"
    try expect(try model.initialize(keys[2]) { $0(batch) }, name, "vars", exactly: true)
    try expect(y, name, "out")
  }

  @Test func vmapOfLayers() throws {
    try checkMapped(
      "class",
      LayerwiseMLP { features, name in
        vmap(variableAxes: ["params": nil], splitRNGs: ["params": false], inAxes: [0], name: name) {
          Dense(features)
        }
      })
  }

  @Test func vmapOfAMethod() throws { try checkMapped("method", MethodMLP(shared)) }

  @Test func vmapOfBatchNorm() throws {
    let keys = Key(3).split(into: [3])
    let (x, batch) = (Random.uniform(keys[0], [4, 4]), Random.uniform(keys[1], [5, 4, 4]))
    let variables = try NormMLP().initialize(keys[2]) { $0(x) }
    try expect(variables, "vmap_batchnorm", "vars", exactly: true)
    let model = vmap(
      variableAxes: ["params": nil, "batch_stats": nil], splitRNGs: ["params": false],
      axisName: "batch"
    ) { NormMLP(axisName: "batch") }
    let (y, updates) = try model.apply(variables, mutable: ["batch_stats"]) { $0(batch) }
    try expect(y, "vmap_batchnorm", "out")
    try expect(updates, "vmap_batchnorm", "upd")
    let flat = try NormMLP().apply(variables, mutable: ["batch_stats"]) {
      $0(batch.reshaped(to: [-1, 4]))
    }.output
    try expectScalars(y, flat.scalars(as: Double.self), tolerance: 1e-5)
  }

  @Test func vmapOfAnOuterModule() throws {
    let x = Tensor.ones([3, 1, 2])
    let model = Lifting { _, x in
      let outer = JITOuter(name: "outer")
      let y = VMapInner(outer, name: "inner1")(x)
      return y + VMapInner(outer, name: "inner2")(x)
    }
    let variables = try model.initialize(Key(0)) { $0(x) }
    #expect(
      variables.shapesDescription
        == "{'params': {'outer': {'Dense_0': {'bias': (3, 5), 'kernel': (3, 2, 5)}}}}")
    try expect(variables, "vmapped_outer", "vars", exactly: true)
    try expect(try model.apply(variables) { $0(x) }, "vmapped_outer", "out")
  }

  @Test func vmapOfAModuleWithSetup() throws {
    let model = vmap(variableAxes: ["params": 0], splitRNGs: ["params": true]) { Parameter() }
    let variables = try model.initialize(Key(0)) { $0(Tensor.ones([4])) }
    #expect(variables.shapesDescription == "{'params': {'test': (4,)}}")
  }

  @Test("modules in the properties of modules", arguments: [("one", false), ("two", true)])
  func vmapOfNestedModuleArguments(_ name: String, _ both: Bool) throws {
    let x = Random.normal(Key(7), [2, 10])
    let model = Lifting { _, x in
      let first = A()
      return C(both ? A() : nil, B(first))(x)
    }
    let variables = try model.initialize(Key(0)) { $0(x) }
    try expect(variables, "vmap_nested_args_\(name)", "vars", exactly: true)
    try expect(try model.apply(variables) { $0(x) }, "vmap_nested_args_\(name)", "out")
  }

  @Test func vmapOfModulesAdoptedAtTheTop() throws {
    let x = Random.normal(Key(7), [2, 10])
    let user = Lifting { _, x in
      let first = A()
      return C(A(), B(first))(x)
    }
    let made = try user.initialize(Key(0)) { $0(x) }
    let expected = try user.apply(made) { $0(x) }
    let (first, second): (Variables, Variables) = (made["params"]["A_0"], made["params"]["A_1"])
    let variables: Variables = ["params": ["A": second, "B": ["A": first]]]
    try expectEqual(try C(A(), B(A())).apply(variables) { $0(x) }, expected)
    let mapped = vmap(variableAxes: ["params": 0], splitRNGs: ["params": true]) {
      C(A(), B(A()), isMapped: false)
    }
    try expectEqual(try mapped.apply(variables) { $0(x) }, expected)
  }

  @Test func vmapOfAConfiguredLayer() throws {
    let x = Random.normal(Key(9), [3, 4, 4])
    let model = vmap(variableAxes: ["params": 0], splitRNGs: ["params": true]) {
      Dense(4, useBias: false)
    }
    let variables = try model.initialize(Key(0)) { $0(x) }
    #expect(variables.shapesDescription == "{'params': {'kernel': (3, 4, 4)}}")
    try expect(variables, "vmap_partial", "vars", exactly: true)
    try expect(try model.apply(variables) { $0(x) }, "vmap_partial", "out")
  }

  @Test func vmapOfAnotherMethod() throws {
    let x = Random.normal(Key(9), [3, 4, 4])
    let variables = try PartialMethod().initialize(Key(0)) { $0(x) }
    #expect(variables.shapesDescription == "{'params': {'Dense_0': {'kernel': (3, 4, 2)}}}")
    try expect(variables, "vmap_partial_method", "vars", exactly: true)
    try expect(try PartialMethod().apply(variables) { $0(x) }, "vmap_partial_method", "out")
  }
}
