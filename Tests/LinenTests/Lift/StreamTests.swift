import Linen
import Testing

// The models of Fixtures/streams.py that draw from streams.

/// Keys drawn from streams, as their data.
private func keys(_ module: Module, _ streams: String...) -> Tensor {
  stack(streams.map { module.makeRNG($0).data })
}

private final class Child: Module, @unchecked Sendable {
  func callAsFunction() -> Tensor { compact { keys(self, "noise", "dropout") } }
}

private final class Draws: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> [Tensor] {
    compact(x) { x in
      let drawn = keys(self, "params", "dropout", "noise", "dropout")
      let y = Dense(3)(x)
      return [y, drawn, Child()()]
    }
  }
}

private final class Step: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> [Tensor] { compact(x) { x in Draws(name: "draws")(x) } }
}

/// Draws inside of a lift, outside, and inside again.
private final class User: Module, @unchecked Sendable {
  let body: (User, Tensor) -> [[Tensor]]

  /// Two lifted modules, the second called twice.
  init(_ make: @escaping () -> (Tensor) -> [Tensor]) {
    body = { user, x in
      let first = make()(x)
      let between = keys(user, "noise")
      let layer = make()
      let second = layer(x)
      return [first, [between], second, layer(x), [Child()()]]
    }
    super.init()
  }

  /// A lifted function, called twice.
  init(function: @escaping (User, Tensor) -> [Tensor]) {
    body = { user, x in
      let first = function(user, x)
      let between = keys(user, "noise")
      return [first, [between], function(user, x), [Child()()]]
    }
    super.init()
  }

  func callAsFunction(_ x: Tensor) -> [[Tensor]] { compact(x) { x in body(self, x) } }

  convenience init<L: CallLift>(lifted make: @escaping () -> Lifted<Draws, L>) {
    self.init {
      let layer = make()
      return { x in layer(x) { $0($1) } }
    }
  }

  convenience init(looped make: @escaping () -> Lifted<Step, Scan>) {
    self.init {
      let loop = make()
      return { x in loop(EmptyTree(), x) { step, carry, x in (carry, step(x)) }.outputs }
    }
  }

  convenience init(by lift: some CallLift) {
    self.init(function: { user, x in lift(user, x) { Draws()($1) } })
  }

  convenience init(by loop: Scan) {
    self.init(function: { user, x in
      loop(user, EmptyTree(), x) { _, carry, x in (carry, Draws()(x)) }.outputs
    })
  }
}

private let doubled: MapVariables.Transform = { treeMap($0) { $0 * 2 } }
private let halved: MapVariables.Transform = { treeMap($0) { $0 / 2 } }

@Suite("Streams in every lift, against Flax")
struct StreamTests {
  private func check(_ name: String, _ model: User) throws {
    let x = try LiftFixture.input("x34")
    func parts(_ lists: [[Tensor]]) -> [(String, Tensor)] {
      lists.enumerated().flatMap { i, list in
        list.enumerated().map { (list.count == 1 ? "\(i)" : "\(i)/\($0.offset)", $0.element) }
      }
    }
    let given: RNGs = ["params": Key(0), "dropout": Key(1), "noise": Key(2)]
    let (first, variables) = try model.initializeWithOutput(given) { $0(x) }
    try expect(variables, "streams/draws_\(name)", "vars", exactly: true)
    try expect(parts(first), "streams/draws_\(name)", "first")
    let others: RNGs = ["params": Key(3), "dropout": Key(4), "noise": Key(5)]
    try expect(
      parts(try model.apply(variables, rngs: others) { $0(x) }), "streams/draws_\(name)", "out")
  }

  private func check<L: CallLift>(
    _ name: String, _ lift: L, _ make: @escaping () -> Lifted<Draws, L>
  ) throws {
    try check("\(name)_class", User(lifted: make))
    try check("\(name)_function", User(by: lift))
  }

  @Test(
    "vmap with streams split or not",
    arguments: [
      ("own", true, true, true), ("params", true, false, false), ("shared", false, true, false),
    ])
  func vmapStreams(_ name: String, _ a: Bool, _ b: Bool, _ c: Bool) throws {
    let (axes, rngs): (VariableAxes, SplitRNGs) = (
      ["params": a ? 0 : nil], ["params": a, "dropout": b, "noise": c]
    )
    try check("vmap_\(name)", vmap(variableAxes: axes, splitRNGs: rngs)) {
      vmap(variableAxes: axes, splitRNGs: rngs) { Draws() }
    }
  }

  @Test func vmapStreamsOfASize() throws {
    let (axes, rngs): (VariableAxes, SplitRNGs) = (
      ["params": 0], ["params": true, "dropout": true, "noise": false]
    )
    try check(
      "vmap_size", vmap(variableAxes: axes, splitRNGs: rngs, inAxes: nil, axisSize: 2)
    ) {
      vmap(variableAxes: axes, splitRNGs: rngs, inAxes: nil, axisSize: 2) { Draws() }
    }
  }

  @Test func rematStreams() throws {
    try check("remat", remat()) { remat { Draws() } }
    try check("remat_rngs", remat(rngs: ["params", "noise", "dropout"])) {
      remat(rngs: ["params", "noise", "dropout"]) { Draws() }
    }
  }

  @Test func jitStreams() throws { try check("jit", jit()) { jit { Draws() } } }

  @Test func foldedStreams() throws { try check("fold_rngs", foldRNGs()) { foldRNGs { Draws() } } }

  @Test func mapVariablesStreams() throws {
    try check("map", mapVariables("params", transIn: doubled, init: true)) {
      mapVariables("params", transIn: doubled, init: true) { Draws() }
    }
    try check(
      "map_mutable", mapVariables("params", transIn: doubled, transOut: halved, mutable: true)
    ) {
      mapVariables("params", transIn: doubled, transOut: halved, mutable: true) { Draws() }
    }
    try check("metadata", addMetadataAxis(variableAxes: ["params": 0])) {
      addMetadataAxis(variableAxes: ["params": 0]) { Draws() }
    }
  }

  @Test(
    "scan with streams split or not, in reverse, and without a trace for what is constant",
    arguments: [
      ("own", [true, true, true]), ("params", [true, false, false]),
      ("shared", [false, true, false]), ("reverse", [true, true, false]),
      ("unchecked", [true, true, false]),
    ])
  func scanStreams(_ name: String, _ split: [Bool]) throws {
    func loop() -> Scan {
      scan(
        variableAxes: split[0] ? ["params": 0] : [:],
        variableBroadcast: split[0] ? false : "params",
        splitRNGs: ["params": split[0], "dropout": split[1], "noise": split[2]],
        reverse: name == "reverse", checkConstancyInvariants: name != "unchecked")
    }
    try check("scan_\(name)_class", User(looped: { Lifted(loop()) { Step() } }))
    try check("scan_\(name)_function", User(by: loop()))
  }
}
