import Linen
import Testing

// The models of Fixtures/observed.py.

/// A layer that sows and perturbs.
private final class Sower: Module, UnaryLayer, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      let y = Dense(4)(x)
      sow("intermediates", "h", y)
      return tanh(perturb("p", y))
    }
  }
}

private final class Noisy4: Module, UnaryLayer, @unchecked Sendable {
  override class var linenName: String { "Noisy" }

  func callAsFunction(_ x: Tensor) -> Tensor { compact(x) { x in noisy(x) } }
}

/// A layer below another module, as a step of a loop.
private final class Step: Module, UnaryLayer, @unchecked Sendable {
  let make: () -> any UnaryLayer

  init(_ make: @escaping () -> any UnaryLayer) {
    self.make = make
    super.init()
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      let layer = make()
      return layer(x)
    }
  }
}

/// The same under the name that it has where keys are of the original layout.
private final class Block: Module, UnaryLayer, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor { compact(x) { x in Noisy4()(x) } }
}

private let all: VariableAxes = ["params": 0, "intermediates": 0, "perturbations": 0]
private let doubled: MapVariables.Transform = { treeMap($0) { $0 * 2 } }
private let streams: SplitRNGs = ["params": true, "dropout": true]

@Suite("What is seen of lifted modules, against Flax") struct ObservedLiftTests {
  static let sowers: [(String, @Sendable () -> any UnaryLayer)] = [
    ("vmap", { vmap(variableAxes: all, splitRNGs: ["params": true]) { Sower() } }),
    ("vmap_params", { vmap(variableAxes: ["params": 0], splitRNGs: ["params": true]) { Sower() } }),
    (
      "scan",
      { scan(variableAxes: all, splitRNGs: ["params": true], length: 3) { Step { Sower() } } }
    ),
    ("remat", { remat { Sower() } }), ("jit", { jit { Sower() } }),
    ("fold_rngs", { foldRNGs { Sower() } }),
  ]

  @Test("what is sown, captured and perturbed", arguments: sowers)
  func observed(_ name: String, _ make: @escaping @Sendable () -> any UnaryLayer) throws {
    let x = try LiftFixture.input("x34")
    let model = Model { _, x in
      let layer = make()
      return Dense(2)(layer(x))
    }
    let variables = try model.initialize(Key(0)) { $0(x) }
    try expect(variables, "observed/\(name)", "vars", exactly: true)
    let (y, updates) = try model.apply(
      variables, mutable: ["intermediates"], captureIntermediates: true
    ) { $0(x) }
    try expect(y, "observed/\(name)", "out")
    try expect(updates, "observed/\(name)", "upd")
    guard variables.contains("perturbations") else { return }
    let (params, perturbations): (Variables, Variables) = (
      variables["params"], variables["perturbations"]
    )
    let gradient = try grad(perturbations) { perturbations in
      sum(
        square(try model.apply(["params": params, "perturbations": perturbations]) { $0(x) }))
    }
    try expect(gradient, "observed/\(name)", "grad")
  }

  static let noisy: [(String, @Sendable () -> any UnaryLayer)] = [
    ("vmap", { vmap(variableAxes: ["params": 0], splitRNGs: streams) { Noisy4() } }),
    ("scan", { scan(variableAxes: ["params": 0], splitRNGs: streams, length: 3) { Block() } }),
    ("remat", { remat { Noisy4() } }), ("jit", { jit { Noisy4() } }),
    ("map", { mapVariables("params", transIn: doubled, init: true) { Noisy4() } }),
    ("remat_scan", { rematScan(lengths: [2, 2]) { Noisy4() } }),
  ]

  @Test("keys of the original layout", arguments: noisy)
  func originalKeys(_ name: String, _ make: @escaping @Sendable () -> any UnaryLayer) throws {
    let x = try LiftFixture.input("x34")
    let model = Model { _, x in
      let layer = make()
      return Dense(2)(layer(x))
    }
    func key(_ seed: Int) -> Key { Key(seed, layout: .original) }
    let variables = try model.initialize(["params": key(0), "dropout": key(1)] as RNGs) { $0(x) }
    try expect(variables, "observed/original_\(name)", "vars", exactly: true)
    let y = try model.apply(variables, rngs: ["dropout": key(2)] as RNGs) { $0(x) }
    try expect(y, "observed/original_\(name)", "out")
  }
}
