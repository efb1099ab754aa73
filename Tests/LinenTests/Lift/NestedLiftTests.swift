import Linen
import Testing

// The models of Fixtures/nested.py with one lift inside another, of other methods and in other places.

private final class NoisyTanh: Module, UnaryLayer, @unchecked Sendable {
  override class var linenName: String { "Noisy" }

  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      let h = noisy(x)
      return Dropout(0.5, deterministic: false)(tanh(Dense(4)(h)))
    }
  }
}

private final class Block: Module, UnaryLayer, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in x + Dropout(0.5, deterministic: false)(tanh(Dense(4)(x))) }
  }
}

private let streams: SplitRNGs = ["params": true, "dropout": true]
private let doubled: MapVariables.Transform = { treeMap($0) { $0 * 2 } }
private let halved: MapVariables.Transform = { treeMap($0) { $0 / 2 } }

private func mapped<M: Module>(_ outAxes: ArgumentAxes = 0, _ make: () -> M) -> Lifted<M, VMap> {
  vmap(variableAxes: ["params": 0], splitRNGs: streams, outAxes: outAxes, make)
}

private func looped<M: Module>(_ length: Int = 3, _ make: () -> M) -> Lifted<M, Scan> {
  scan(variableAxes: ["params": 0], splitRNGs: streams, length: length, make)
}

private func halving<M: Module>(name: String? = nil, _ make: () -> M) -> Lifted<M, MapVariables> {
  mapVariables(
    "params", transIn: doubled, transOut: halved, init: true, mutable: true, name: name, make)
}

/// A lifted model below another, whose name shows how it was made.
private struct Nested: Sendable, CustomTestStringConvertible {
  let name: String
  let call: @Sendable (Tensor) -> Tensor

  var testDescription: String { name }

  init(_ name: String, _ call: @escaping @Sendable (Tensor) -> Tensor) {
    (self.name, self.call) = (name, call)
  }

  static let all = [
    Nested("vmap_remat") { x in mapped { remat { NoisyTanh() } }(x) },
    Nested("remat_vmap") { x in remat { mapped { NoisyTanh() } }(x) },
    Nested("jit_vmap") { x in jit { mapped { NoisyTanh() } }(x) },
    Nested("vmap_jit") { x in mapped { jit { NoisyTanh() } }(x) },
    Nested("map_vmap") { x in halving { mapped { NoisyTanh() } }(x) },
    Nested("vmap_map") { x in mapped { halving { NoisyTanh() } }(x) },
    Nested("fold_vmap") { x in foldRNGs { mapped { NoisyTanh() } }(x) },
    Nested("remat_jit") { x in remat { jit { NoisyTanh() } }(x) },
    Nested("jit_remat") { x in jit { remat { NoisyTanh() } }(x) },
    Nested("map_remat") { x in halving { remat { NoisyTanh() } }(x) },
    Nested("vmap_vmap") { x in mapped { mapped { NoisyTanh() } }(x) },
    Nested("jit_jit") { x in jit { jit { NoisyTanh() } }(x) },
    Nested("scan_remat") { x in looped { remat { Block() } }(x) },
    Nested("remat_scan") { x in remat { looped { Block() } }(x) { $0($1) } },
    Nested("scan_jit") { x in looped { jit { Block() } }(x) },
    Nested("jit_scan") { x in jit { looped { Block() } }(x, static: 0) { $0($1) } },
    Nested("scan_scan") { x in looped { looped(2) { Block() } }(x) { $0($1) } },
    Nested("scan_map") { x in looped { halving { Block() } }(x) },
    Nested("map_scan") { x in halving { looped { Block() } }(x) { $0($1) } },
    Nested("vmap_scan") { x in mapped { looped { Block() } }(x) { $0($1) } },
    Nested("remat_scan_of_remat") { x in
      remat { looped { remat { Block() } } }(x) { $0($1) }
    },
  ]
}

/// A lift of a function inside of another lift, on one module.
private struct Functions: Sendable, CustomTestStringConvertible {
  let name: String
  let outer: @Sendable () -> any CallLift
  let inner: @Sendable () -> any CallLift

  var testDescription: String { name }

  private static let map: @Sendable () -> any CallLift = {
    vmap(variableAxes: ["params": 0], splitRNGs: streams)
  }
  private static let halve: @Sendable () -> any CallLift = {
    mapVariables("params", transIn: doubled, transOut: halved, init: true, mutable: true)
  }

  static let all = [
    Functions(name: "remat_jit", outer: { remat() }, inner: { jit() }),
    Functions(name: "jit_remat", outer: { jit() }, inner: { remat() }),
    Functions(name: "vmap_remat", outer: map, inner: { remat() }),
    Functions(name: "fold_map", outer: { foldRNGs() }, inner: halve),
    Functions(name: "map_fold", outer: halve, inner: { foldRNGs() }),
    Functions(name: "vmap_jit", outer: map, inner: { jit() }),
  ]
}

/// Calls a function through a lift of any kind.
private func run(
  _ lift: any CallLift, _ module: Lifting, _ x: Tensor, _ body: (Lifting, Tensor) -> Tensor
) -> Tensor {
  func opened(_ lift: some CallLift) -> Tensor { lift(module, x, body: body) }
  return opened(lift)
}

private final class Coder: Module, @unchecked Sendable {
  @Setup var encoder: Dense
  @Setup var decoder: Dense
  @Setup var dropout: Dropout

  override func setup() {
    encoder = Dense(2)
    decoder = Dense(4)
    dropout = Dropout(0.5, deterministic: false)
  }

  func encode(_ x: Tensor) -> Tensor { method(x) { x in dropout(encoder(x)) } }
  func decode(_ z: Tensor) -> Tensor { method(z) { z in dropout(decoder(z)) } }
}

private final class CoderUser<L: CallLift>: Module, @unchecked Sendable {
  let make: () -> Lifted<Coder, L>
  let ofDecode: L?

  init(ofDecode: L? = nil, _ make: @escaping () -> Lifted<Coder, L>) {
    (self.make, self.ofDecode) = (make, ofDecode)
    super.init()
  }

  func callAsFunction(_ x: Tensor) -> [Tensor] {
    compact(x) { x in
      let coder = make()
      let z = coder(x) { $0.encode($1) }
      let y = coder(z, by: ofDecode) { $0.decode($1) }
      return [z, y, coder(x) { $0.encode($1) }]
    }
  }
}

private final class InSetup<L: CallLift>: Module, UnaryLayer, @unchecked Sendable {
  let make: (String?) -> Lifted<NoisyTanh, L>
  @Setup var first: Lifted<NoisyTanh, L>
  @Setup var others: [Lifted<NoisyTanh, L>]

  init(_ make: @escaping (String?) -> Lifted<NoisyTanh, L>) {
    self.make = make
    super.init()
  }

  override func setup() {
    first = make(nil)
    others = [make(nil), make(nil)]
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    method(x) { x in
      let y = others.reduce(first(x)) { $1($0) }
      return first(y)
    }
  }
}

@Suite("Lifts inside of lifts, of methods and in other places, against Flax") struct NestedLiftTests
{
  let keys: RNGs = ["params": Key(0), "dropout": Key(1)]
  let dropout: RNGs = ["dropout": Key(2)]

  @Test(arguments: Nested.all) fileprivate func nestedModules(_ nested: Nested) throws {
    let x = try LiftFixture.input(nested.name == "vmap_vmap" ? "x234" : "x34")
    let model = Lifting { _, x in
      let y = nested.call(x)
      return Dense(2)(y)
    }
    let name = "nested/nested_\(nested.name)"
    let variables = try model.initialize(keys) { $0(x) }
    try expect(variables, name, "vars", exactly: true)
    try expect(try model.apply(variables, rngs: dropout) { $0(x) }, name, "out")
    let gradient = try grad(variables) {
      sum(square(try model.apply($0, rngs: dropout) { $0(x) }))
    }
    // The sums on the way are larger than what is left of them.
    try expect(gradient, name, "grad", tolerance: 3e-6)
  }

  @Test(arguments: Functions.all) fileprivate func nestedFunctions(_ nested: Functions) throws {
    let x = try LiftFixture.input("x34")
    let model = Lifting { module, x in
      let y = run(nested.outer(), module, x) { module, x in
        let h = run(nested.inner(), module, noisy(x)) { noisy($1) }
        return noisy(h)
      }
      return nested.name.hasPrefix("vmap") ? y : noisy(y)
    }
    let name = "nested/functions_\(nested.name)"
    let variables = try model.initialize(keys) { $0(x) }
    try expect(variables, name, "vars", exactly: true)
    try expect(try model.apply(variables, rngs: dropout) { $0(x) }, name, "out")
  }

  private func checkMethods(_ name: String, _ model: CoderUser<some CallLift>) throws {
    let x = try LiftFixture.input("x34")
    let variables = try model.initialize(keys) { $0(x) }
    try expect(variables, "nested/methods_\(name)", "vars", exactly: true)
    try expect(
      list: try model.apply(variables, rngs: dropout) { $0(x) }, "nested/methods_\(name)", "out")
  }

  @Test func otherMethods() throws {
    try checkMethods("vmap", CoderUser { mapped { Coder() } })
    try checkMethods(
      "vmap_each",
      CoderUser(ofDecode: vmap(variableAxes: ["params": 0], splitRNGs: streams, outAxes: -1)) {
        mapped { Coder() }
      })
    try checkMethods("remat", CoderUser { remat { Coder() } })
    try checkMethods("jit", CoderUser { jit { Coder() } })
    try checkMethods("map", CoderUser { halving { Coder() } })
  }

  private func checkPlaces<L: CallLift>(
    _ name: String, _ make: @escaping (String?) -> Lifted<NoisyTanh, L>
  ) throws {
    let inCompact = Lifting { _, x in
      let named = make("named")
      let layer = make(nil)
      return named(layer(named(x)))
    }
    try checkPlace("setup_\(name)", InSetup(make)) { $0($1) }
    try checkPlace("compact_\(name)", inCompact) { $0($1) }
    try checkPlace("top_\(name)", make(nil)) { $0($1) }
  }

  private func checkPlace<M: Module>(
    _ name: String, _ model: M, _ call: (M, Tensor) -> Tensor
  ) throws {
    let x = try LiftFixture.input("x34")
    let variables = try model.initialize(keys) { call($0, x) }
    try expect(variables, "nested/\(name)", "vars", exactly: true)
    try expect(try model.apply(variables, rngs: dropout) { call($0, x) }, "nested/\(name)", "out")
  }

  @Test func inSetupInCompactAndAtTheTop() throws {
    try checkPlaces("vmap") { name in
      vmap(variableAxes: ["params": 0], splitRNGs: streams, name: name) { NoisyTanh() }
    }
    try checkPlaces("remat") { name in remat(name: name) { NoisyTanh() } }
    try checkPlaces("jit") { name in jit(name: name) { NoisyTanh() } }
    try checkPlaces("map") { name in halving(name: name) { NoisyTanh() } }
    try checkPlaces("fold_rngs") { name in foldRNGs(name: name) { NoisyTanh() } }
  }
}
