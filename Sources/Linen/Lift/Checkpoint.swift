/// Lifts `checkpoint`: a function of modules whose intermediate values are computed anew for the
/// derivative.
///
/// Made by ``checkpoint(policy:variables:rngs:)``.
public struct Checkpoint: CallLift {
  /// `CheckpointDense`.
  public static let prefix = "Checkpoint"

  let policy: CheckpointPolicy
  let variables: CollectionFilter
  let rngs: CollectionFilter

  /// Runs `body` without keeping what it computes on the way.
  public func apply<A: TensorTree, R: TensorTree>(
    _ target: LiftedScopes, _ arguments: A, _ body: ([Scope], A) -> R
  ) -> R {
    let pack = Pack(target, name: "remat", in: [variables], out: [variables], rngs: [rngs])
    return pack.lift(arguments, body) { input, function in
      try withoutActuallyEscaping(function) { try Autodiff.checkpoint(policy: policy, $0)(input) }
    }
  }
}

/// Gives the transform by which the intermediate values of a function of modules are computed anew
/// for the derivative.
///
/// Saves memory at the price of a second forward computation; `policy` says what is kept all the
/// same. `variables` and `rngs` are the collections and streams that are passed on. Mirrors
/// `flax.linen.checkpoint`; what is static in JAX is captured by the function.
public func checkpoint(
  policy: CheckpointPolicy = .nothing, variables: CollectionFilter = true,
  rngs: CollectionFilter = true
) -> Checkpoint {
  Checkpoint(policy: policy, variables: variables, rngs: rngs)
}

/// Makes a module whose intermediate values are computed anew for the derivative.
///
///     let block = checkpoint { TransformerBlock() }
///     let y = block(x) { block, x in block(x, train: true) }
///
/// Named `CheckpointTransformerBlock_0`, unless a name is given here or to the module.
public func checkpoint<M: Module>(
  policy: CheckpointPolicy = .nothing, variables: CollectionFilter = true,
  rngs: CollectionFilter = true, name: String? = nil, _ make: () -> M
) -> Lifted<M, Checkpoint> {
  Lifted(checkpoint(policy: policy, variables: variables, rngs: rngs), name: name, make)
}

/// The same as ``checkpoint(policy:variables:rngs:)``, by its other name.
public func remat(
  policy: CheckpointPolicy = .nothing, variables: CollectionFilter = true,
  rngs: CollectionFilter = true
) -> Checkpoint {
  checkpoint(policy: policy, variables: variables, rngs: rngs)
}

/// The same as ``checkpoint(policy:variables:rngs:name:_:)``, by its other name.
public func remat<M: Module>(
  policy: CheckpointPolicy = .nothing, variables: CollectionFilter = true,
  rngs: CollectionFilter = true, name: String? = nil, _ make: () -> M
) -> Lifted<M, Checkpoint> {
  checkpoint(policy: policy, variables: variables, rngs: rngs, name: name, make)
}
