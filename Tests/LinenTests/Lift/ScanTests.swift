import Linen
import Testing

private final class Step: Module, @unchecked Sendable {
  func callAsFunction(_ c: Tensor, _ x: Tensor) -> (Tensor, Tensor) {
    compact(c, x) { c, x in
      let y = noisy(c + x)
      sow("intermediates", "mean", mean(y))
      return (tanh(y), sum(y, axes: [-1]))
    }
  }
}

private final class Backwards: Module, @unchecked Sendable {
  func callAsFunction(_ c: Tensor, _ b: Tensor, _ x: Tensor) -> (Tensor, [Tensor]) {
    compact(c, b, x) { c, b, x in
      let c = tanh(Dense(4)(c) + b * x)
      return (c, [c, b])
    }
  }
}

private final class Body: Module, UnaryLayer, @unchecked Sendable {
  @Setup var dense: Dense
  @Setup var p: Tensor

  override func setup() {
    dense = Dense(4)
    p = param("p") { _ in Tensor.ones([4]) }
  }

  func callAsFunction(_ x: Tensor) -> Tensor { method(x) { x in dense(x) + p } }
}

private final class Methods: Module, @unchecked Sendable {
  @Setup var dense0: Dense
  @Setup var dense1: Dense

  override func setup() {
    dense0 = Dense(4)
    dense1 = Dense(4)
  }

  func first(_ x: Tensor) -> (Tensor, Tensor) { method(x) { x in (dense0(x), x) } }
  func second(_ x: Tensor, _ y: Tensor) -> Tensor { method(x, y) { x, y in dense1(x) + y } }
}

@Suite("Lifted scan, against Flax")
struct LiftedScanTests {
  @Test(
    "own and shared parameters, own and shared dropout, one trace and two",
    arguments: [
      ("own", true, true, true), ("shared", false, true, true),
      ("shared_alike", false, false, true), ("own_unchecked", true, true, false),
    ])
  func streams(_ name: String, _ params: Bool, _ dropout: Bool, _ check: Bool) throws {
    let x = try LiftFixture.input("x34")
    let start = Tensor.zeros([4])
    let model = scan(
      variableAxes: params ? ["params": 0, "intermediates": 0] : ["intermediates": 0],
      variableBroadcast: params ? false : "params",
      splitRNGs: ["params": params, "dropout": dropout], checkConstancyInvariants: check
    ) { Step() }
    let variables = try model.initialize(["params": Key(0), "dropout": Key(1)] as RNGs) {
      $0(start, x) { $0($1, $2) }
    }
    try expect(variables, "scan_\(name)", "vars", exactly: true)
    let ((c, y), updates) = try model.apply(
      variables, rngs: ["dropout": Key(2)], mutable: ["intermediates"]
    ) { $0(start, x) { $0($1, $2) } }
    try expect(c, "scan_\(name)", "carry")
    try expect(y, "scan_\(name)", "out")
    try expect(updates, "scan_\(name)", "upd")
  }

  @Test("axes, broadcast inputs and outputs, in reverse, and its gradient")
  func axes() throws {
    let (x, b) = (try LiftFixture.input("x234"), try LiftFixture.input("x4"))
    let start = Tensor.zeros([2, 4])
    let model = scan(
      variableAxes: ["params": 1], splitRNGs: ["params": true], inAxes: [nil, 1],
      outAxes: [-1, nil], reverse: true
    ) { Backwards() }
    let variables = try model.initialize(Key(0)) { $0(start, b, x) { $0($1, $2, $3) } }
    try expect(variables, "scan_axes", "vars", exactly: true)
    let (c, y) = try model.apply(variables) { $0(start, b, x) { $0($1, $2, $3) } }
    try expect(c, "scan_axes", "carry")
    try expect(list: y, "scan_axes", "out")
    let gradient = try grad(variables) { variables in
      let y = try model.apply(variables) { $0(start, b, x) { $0($1, $2, $3) } }.outputs
      return sum(square(y[0]))
    }
    try expect(gradient, "scan_axes", "grad")
  }

  @Test("a module with setup and its own parameters")
  func scanOfASetupParameter() throws {
    let x = try LiftFixture.input("x4")
    let model = scan(variableAxes: ["params": 0], splitRNGs: ["params": true], length: 2) {
      Body()
    }
    let variables = try model.initialize(Key(0)) { $0(x) }
    try expect(variables, "scan_setup", "vars", exactly: true)
    try expect(try model.apply(variables) { $0(x) }, "scan_setup", "out")
  }

  @Test("several methods, each its own way")
  func scanOfSeveralMethods() throws {
    let x = try LiftFixture.input("x4")
    let model = Lifting { _, x in
      let loop = scan(variableAxes: ["params": 0], splitRNGs: ["params": true], length: 3) {
        Methods()
      }
      let (y, ys) = loop(x) { $0.first($1) }
      return loop(
        y, ys, by: scan(variableAxes: ["params": 0], splitRNGs: ["params": true])
      ) { $0.second($1, $2) }
    }
    let variables = try model.initialize(Key(0)) { $0(x) }
    try expect(variables, "scan_methods", "vars", exactly: true)
    try expect(try model.apply(variables) { $0(x) }, "scan_methods", "out")
  }

  @Test("of a function that makes a mapped layer")
  func ofVMap() throws {
    let x = try LiftFixture.input("x4")
    let model = Lifting { module, x in
      scan(variableAxes: ["params": 0], splitRNGs: ["params": true], length: 3)(module, x) {
        _, x in
        let layers = vmap(
          variableAxes: ["params": 1], splitRNGs: ["params": true], inAxes: nil, axisSize: 2
        ) { Dense(4) }
        return x + sum(layers(x), axes: [0])
      }
    }
    let variables = try model.initialize(Key(0)) { $0(x) }
    try expect(variables, "scan_of_vmap", "vars", exactly: true)
    try expect(try model.apply(variables) { $0(x) }, "scan_of_vmap", "out")
  }
}
