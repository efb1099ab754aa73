import Linen

private final class MLP: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      let h = tanh(Dense(5)(x))
      return Dense(2)(h)
    }
  }
}

/// Lifted modules are named CheckpointDense_0 and JitDense_0, unless a name is given.
private final class LiftedLayers: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      var x = tanh(remat { Dense(5) }(x))
      x = jit { Dense(4) }(x)
      return remat(name: "mlp") { MLP() }(x) { $0($1) }
    }
  }
}

private final class LiftedMethod: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      // Dense_0 is the layer that is made first, the outer one.
      remat()(self, x) { _, x in Dense(2)(tanh(Dense(5)(x))) }
    }
  }
}

/// remat, of modules and of a method, and jit: the parameters, outputs and gradients of Flax.
func rematJIT(_ run: ProgramRun) throws {
  let x = try run.input("x")
  func give<M: Module>(
    _ name: String, _ model: M, grad isDifferentiated: Bool,
    _ call: @escaping (M) -> Tensor
  ) throws {
    let variables = try model.initialize(run.key(0), call)
    run.give("vars_\(name)", variables)
    run.give("out_\(name)", try model.apply(variables, call))
    guard isDifferentiated else { return }
    run.give(
      "grad_\(name)", try grad(variables) { sum(square(try model.apply($0, call))) })
  }
  try give("plain", MLP(), grad: false) { $0(x) }
  try give("lifted", LiftedLayers(), grad: true) { $0(x) }
  try give("decorated", LiftedMethod(), grad: true) { $0(x) }
}
