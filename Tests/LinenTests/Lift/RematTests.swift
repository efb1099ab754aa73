import Linen
import Testing

private final class Block: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in jit()(self) { $0.makeRNG("params").data } }
  }
}

@Suite("Lifted remat, jit, foldRNGs and rematScan, against Flax")
struct RematTests {
  let keys: RNGs = ["params": Key(0), "dropout": Key(1)]

  /// Compares parameters, outputs and gradients.
  private func check(
    _ name: String, _ model: Lifting, hasGradient: Bool,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let x = try LiftFixture.input("x34")
    let variables = try model.initialize(keys) { $0(x) }
    try expect(variables, name, "vars", exactly: true, sourceLocation: sourceLocation)
    func output(_ variables: Variables) throws -> Tensor {
      try model.apply(variables, rngs: ["dropout": Key(2)]) { $0(x) }
    }
    try expect(try output(variables), name, "out", sourceLocation: sourceLocation)
    guard hasGradient else { return }
    let gradient = try grad(variables) { sum(square(try output($0))) }
    try expect(gradient, name, "grad", sourceLocation: sourceLocation)
  }

  @Test("modules, each with streams as Flax counts them")
  func modules() throws {
    func user<L>(_ lift: @escaping () -> Lifted<NoisyMLP, L>) -> Lifting
    where L: CallLift {
      Lifting { module, x in
        let x = lift()(x)
        _ = module.makeRNG("dropout")
        let layer = lift()
        return layer(layer(x))
      }
    }
    try check("plain_remat", user { remat { NoisyMLP() } }, hasGradient: true)
    try check("plain_jit", user { jit { NoisyMLP() } }, hasGradient: true)
    try check("plain_fold_rngs", user { foldRNGs { NoisyMLP() } }, hasGradient: true)
  }

  @Test("functions of the module")
  func functions() throws {
    func user(_ lift: some CallLift) -> Lifting {
      Lifting { module, x in
        var x = Dense(4)(x)
        x = lift(module, x) { _, x in noisy(x) }
        return noisy(x)
      }
    }
    try check("method_remat", user(remat()), hasGradient: false)
    try check("method_jit", user(jit()), hasGradient: false)
    try check("method_fold_rngs", user(foldRNGs()), hasGradient: false)
  }

  @Test("a module of another scope")
  func sharing() throws {
    let model = Lifting { _, x in
      let shared = Dense(3, name: "shared")
      return jit(name: "a") { Holder(shared) }(x)
    }
    try check("jit_sharing", model, hasGradient: false)
  }

  @Test("a compiled step of a loop")
  func jitInScan() throws {
    let x = try LiftFixture.input("x4")
    let model = Lifting { _, x in
      scan(variableAxes: ["params": 0], splitRNGs: ["params": true]) { Block() }(
        EmptyTree(), x
      ) { block, carry, x in (carry, block(x)) }.outputs
    }
    let y = try model.initializeWithOutput(Key(1)) { $0(x) }.output
    try expect(y, "jit_in_scan", "out")
  }

  @Test("stacks of layers in one and two loops", arguments: [("one", [3]), ("two", [2, 2])])
  func rematScans(_ name: String, _ lengths: [Int]) throws {
    let model = Lifting { _, x in
      rematScan(lengths: lengths, name: "stack") {
        Lifting { _, x in x + Dropout(0.5, deterministic: false)(tanh(Dense(4)(x))) }
      }(x) { $0($1) }
    }
    try check("remat_scan_\(name)", model, hasGradient: true)
  }

  @Test("policies change no result", arguments: [CheckpointPolicy.nothing, .everything, .dots])
  func policies(_ policy: CheckpointPolicy) throws {
    let x = try LiftFixture.input("x34")
    let (plain, lifted) = (
      Sequential {
        Dense(4); tanh; Dense(2)
      },
      { (name: String?) in
        checkpoint(policy: policy) {
          Sequential {
            Dense(4); tanh; Dense(2)
          }
        }
      }(nil)
    )
    let variables = try plain.initialize(Key(0)) { $0(x) }
    let expected = try grad(variables) { sum(try plain.apply($0) { $0(x) }) }
    let gradient = try grad(variables) { sum(try lifted.apply($0) { $0(x) }) }
    for (a, b) in zip(treeLeaves(gradient), treeLeaves(expected)) {
      try expectScalars(a, b.scalars(as: Double.self))
    }
  }
}
