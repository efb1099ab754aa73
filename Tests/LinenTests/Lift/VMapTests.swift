import Linen
import Testing

private final class Two: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor, _ y: Tensor) -> (Tensor, Tensor) {
    compact(x, y) { x, y in
      let first = Dense(2)(x)
      return (first + Dense(2)(y), x)
    }
  }
}

private final class InSetup: Module, @unchecked Sendable {
  @Setup var layers: Lifted<Dense, VMap>

  override func setup() {
    layers = vmap(variableAxes: ["params": 0], splitRNGs: ["params": true]) { Dense(2) }
  }

  func callAsFunction(_ x: Tensor) -> Tensor { method(x) { x in layers(x) } }
}

private final class Norm: Module, UnaryLayer, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in BatchNorm(useRunningAverage: false, axisName: "batch")(Dense(3)(x)) }
  }
}

@Suite("Lifted vmap, against Flax")
struct VMapTests {
  let keys: RNGs = ["params": Key(0), "dropout": Key(1)]

  @Test(
    "own and shared parameters, own and shared dropout",
    arguments: [("own", true, true), ("own_masked_alike", true, false), ("shared", false, true)])
  func streams(_ name: String, _ params: Bool, _ dropout: Bool) throws {
    let x = try LiftFixture.input("x34")
    let model = vmap(
      variableAxes: ["params": params ? 0 : nil, "stats": 0],
      splitRNGs: ["params": params, "dropout": dropout]
    ) { Noisy() }
    let variables = try model.initialize(keys) { $0(x) }
    try expect(variables, "vmap_\(name)", "vars", exactly: true)
    let (y, updates) = try model.apply(
      variables, rngs: ["dropout": Key(2)], mutable: ["stats"]
    ) { $0(x) }
    try expect(y, "vmap_\(name)", "out")
    try expect(updates, "vmap_\(name)", "upd")
  }

  @Test("axes of arguments, results and variables")
  func axes() throws {
    let x = try LiftFixture.input("x34")
    let y = x[..., 0]
    let model = vmap(
      variableAxes: ["params": -1], splitRNGs: ["params": true], inAxes: [1, nil],
      outAxes: [1, -1]
    ) { Two() }
    let variables = try model.initialize(Key(0)) { $0(x, y) { $0($1, $2) } }
    try expect(variables, "vmap_axes", "vars", exactly: true)
    let (a, b) = try model.apply(variables) { $0(x, y) { $0($1, $2) } }
    try expect(list: [a, b], "vmap_axes", "out")
  }

  @Test("one inside another")
  func nested() throws {
    let x = try LiftFixture.input("x234")
    let model = vmap(variableAxes: ["params": 0], splitRNGs: ["params": true]) {
      vmap(variableAxes: ["params": 0], splitRNGs: ["params": true]) { Dense(2) }
    }
    let variables = try model.initialize(Key(0)) { $0(x) }
    try expect(variables, "vmap_nested", "vars", exactly: true)
    try expect(try model.apply(variables) { $0(x) }, "vmap_nested", "out")
    #expect(type(of: model).linenName == "VmapVmapDense")
  }

  @Test("made in setup")
  func setup() throws {
    let x = try LiftFixture.input("x34")
    let variables = try InSetup().initialize(Key(0)) { $0(x) }
    try expect(variables, "vmap_setup", "vars", exactly: true)
    try expect(try InSetup().apply(variables) { $0(x) }, "vmap_setup", "out")
  }

  @Test("of a function of the module, whose names go on after it")
  func function() throws {
    let x = try LiftFixture.input("x34")
    let model = Lifting { module, x in
      let a = vmap(variableAxes: ["params": 0], splitRNGs: ["params": true])(module, x) { _, x in
        Dense(3)(x)
      }
      return Dense(3)(a)
    }
    let variables = try model.initialize(Key(0)) { $0(x) }
    try expect(variables, "vmap_function", "vars", exactly: true)
    try expect(try model.apply(variables) { $0(x) }, "vmap_function", "out")
  }

  @Test("a module that two mapped ones share is mapped too")
  func sharing() throws {
    let x = try LiftFixture.input("x34")
    let model = Lifting { _, x in
      let shared = Dense(3, name: "shared")
      func mapped(_ name: String) -> Lifted<Holder, VMap> {
        vmap(variableAxes: ["params": 0], splitRNGs: ["params": true], name: name) {
          Holder(shared)
        }
      }
      let a = mapped("a")(x)
      return a + mapped("b")(x)
    }
    let variables = try model.initialize(Key(0)) { $0(x) }
    try expect(variables, "vmap_sharing", "vars", exactly: true)
    try expect(try model.apply(variables) { $0(x) }, "vmap_sharing", "out")
  }

  @Test("collections that only come out")
  func outOnly() throws {
    let x = try LiftFixture.input("x34")
    let model = vmap(
      variableAxes: ["params": 0, "stats": .out(0)],
      splitRNGs: ["params": true, "dropout": true]
    ) { Noisy() }
    let variables = try model.initialize(keys) { $0(x) }
    try expect(variables, "vmap_out_only", "vars", exactly: true)
    let params: Variables = variables["params"]
    let (y, updates) = try model.apply(
      ["params": params], rngs: ["dropout": Key(2)], mutable: ["stats"]
    ) { $0(x) }
    try expect(y, "vmap_out_only", "out")
    try expect(updates, "vmap_out_only", "upd")
  }

  @Test("statistics over the mapped axis")
  func batchNorm() throws {
    let x = try LiftFixture.input("x234")
    let model = vmap(
      variableAxes: ["params": nil, "batch_stats": nil], splitRNGs: ["params": false],
      axisName: "batch"
    ) { Norm() }
    let variables = try model.initialize(Key(0)) { $0(x) }
    try expect(variables, "vmap_batch_norm", "vars", exactly: true)
    let (y, updates) = try model.apply(variables, mutable: ["batch_stats"]) { $0(x) }
    try expect(y, "vmap_batch_norm", "out")
    try expect(updates, "vmap_batch_norm", "upd")
  }
}
