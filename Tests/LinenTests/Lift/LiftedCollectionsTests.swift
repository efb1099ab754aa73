import Linen
import Testing

// The models of Fixtures/kinds.py with collections of several kinds.

/// A layer with a counter, a running mean and something sown.
private final class Collections: Module, UnaryLayer, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      let y = Dense(4)(x)
      let count = variable("count", "n") { Tensor.zeros([]) }
      let mean = variable("stats", "mean") { Tensor.zeros([4]) }
      count.value += 1
      if !isInitializing, isMutableCollection("stats") { mean.value = 0.5 * mean.value + y }
      sow("intermediates", "y", y)
      return y + mean.value
    }
  }
}

/// A step that uses collections of every kind.
private final class Everything: Module, @unchecked Sendable {
  func callAsFunction(_ c: Tensor, _ x: Tensor) -> (Tensor, [Tensor]) {
    compact(c, x) { c, x in
      let shift = variable("constants", "shift") { Tensor.full([4], 0.5) }
      let steps = variable("state", "steps") { Tensor.zeros([]) }
      let seen = variable("seen", "x") { Tensor.zeros([4]) }
      let h = Dense(4)(c) + x + shift.value
      let y = Dropout(0.5, deterministic: false)(h)
      seen.value += y
      steps.value += sum(y)
      sow("intermediates", "y", y)
      return (tanh(y), [y, steps.value])
    }
  }
}

private final class EverythingUser: Module, @unchecked Sendable {
  let reverse: Bool
  let unroll: Int
  let length: Int?

  init(reverse: Bool, unroll: Int, length: Int?) {
    (self.reverse, self.unroll, self.length) = (reverse, unroll, length)
    super.init()
  }

  func callAsFunction(_ c: Tensor, _ x: Tensor) -> (carry: Tensor, outputs: [Tensor]) {
    compact(c, x) { c, x in
      let layer = scan(
        variableAxes: ["params": 0, ["seen", "intermediates"]: 1], variableBroadcast: "constants",
        variableCarry: "state", splitRNGs: ["params": true, "dropout": true], outAxes: [-1, 0],
        length: length, reverse: reverse, unroll: unroll, name: "loop"
      ) { Everything() }
      if isInitializing { layer.putVariable("state", "steps", Tensor.zeros([])) }
      return layer(c, x) { $0($1, $2) }
    }
  }
}

private final class Norm: Module, UnaryLayer, @unchecked Sendable {
  let axisName: String

  init(_ axisName: String) {
    self.axisName = axisName
    super.init()
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in BatchNorm(useRunningAverage: false, axisName: axisName)(Dense(3)(x)) }
  }
}

@Suite("Collections in lifts, against Flax")
struct LiftedCollectionsTests {
  static let axes: [(String, @Sendable () -> VariableAxes)] = [
    ("tuple", { [["params", "stats"]: 0, "count": nil] }),
    ("all", { [true: 0] }),
    ("deny", { [.deny("count"): 0, "count": nil] }),
    ("first_wins", { ["params": 0, "count": nil, true: 0] }),
    ("inner", { ["params": -1, "stats": 1, "count": 0] }),
    ("out", { ["params": 0, "stats": 0, "count": .out(0), "intermediates": .out(1)] }),
    ("in_out", { ["params": 0, "stats": .in(0), "count": nil, "intermediates": 0] }),
  ]

  @Test("axes by filters, and of what goes in or comes out alone", arguments: axes)
  func filters(_ name: String, _ axes: @Sendable () -> VariableAxes) throws {
    let x = try LiftFixture.input("x34")
    let model = vmap(variableAxes: axes(), splitRNGs: ["params": true]) { Collections() }
    // What only goes in can't be made.
    let making =
      name == "in_out"
      ? vmap(
        variableAxes: ["params": 0, "stats": 0, "count": nil, "intermediates": 0],
        splitRNGs: ["params": true]
      ) { Collections() } : model
    var variables = try making.initialize(Key(0)) { $0(x) }
    try expect(variables, "kinds/axes_\(name)", "vars", exactly: true)
    if name == "out" {
      variables = Variables(variables.filter { $0.key != "count" }.map { ($0.key, $0.value) })
    }
    let mutable = ["stats", "count", "intermediates"].filter { name != "in_out" || $0 != "stats" }
    let (y, updates) = try model.apply(variables, mutable: CollectionFilter(mutable)) { $0(x) }
    try expect(y, "kinds/axes_\(name)", "out")
    try expect(updates, "kinds/axes_\(name)", "upd")
  }

  @Test(
    "shared, carried, own and sown collections of a loop",
    arguments: [
      ("plain", false, 1, nil), ("reverse", true, 1, nil), ("unroll", false, 2, nil),
      ("length", false, 1, 3),
    ])
  func loop(_ name: String, _ reverse: Bool, _ unroll: Int, _ length: Int?) throws {
    let (c, x) = (Tensor.ones([4]), try LiftFixture.input("x34"))
    let model = EverythingUser(reverse: reverse, unroll: unroll, length: length)
    let variables = try model.initialize(["params": Key(0), "dropout": Key(1)] as RNGs) {
      $0(c, x)
    }
    let name = "kinds/everything_\(name)"
    // Some are what the loop computed, so that they agree to rounding.
    try expect(variables, name, "vars")
    let rngs: RNGs = ["dropout": Key(2)]
    let ((carry, y), updates) = try model.apply(
      variables, rngs: rngs, mutable: ["state", "seen", "intermediates"]
    ) { $0(c, x) }
    try expect(carry, name, "carry")
    try expect(list: y, name, "out")
    try expect(updates, name, "upd")
    let params: Variables = variables["params"]
    let gradient = try grad(params) { params in
      var given = variables
      given["params"] = params
      let output = try model.apply(given, rngs: rngs, mutable: ["state", "seen"]) { $0(c, x) }
        .output
      return sum(output.carry)
    }
    try expect(gradient, name, "grad")
  }

  @Test("statistics over one of two mapped axes", arguments: ["inner", "outer"])
  func batchNorm(_ axis: String) throws {
    let x = Random.normal(Key(30), [2, 3, 5, 4])
    func map<M: Module>(_ name: String, _ make: () -> M) -> Lifted<M, VMap> {
      vmap(
        variableAxes: ["params": nil, "batch_stats": name == axis ? nil : 0],
        splitRNGs: ["params": false], axisName: name, make)
    }
    let model = map("outer") { map("inner") { Norm(axis) } }
    let variables = try model.initialize(Key(0)) { $0(x) }
    try expect(variables, "kinds/norm_\(axis)", "vars", exactly: true)
    let (y, updates) = try model.apply(variables, mutable: ["batch_stats"]) { $0(x) }
    try expect(y, "kinds/norm_\(axis)", "out")
    try expect(updates, "kinds/norm_\(axis)", "upd")
  }
}
