/// Lifts a function of modules to one that draws from streams of its own.
///
/// Made by ``foldRNGs(variables:rngs:)``.
public struct FoldRNGs: CallLift {
  /// `Fold_rngsDense`.
  public static let prefix = "Fold_rngs"

  let variables: CollectionFilter
  let rngs: CollectionFilter

  /// Runs `body` with new streams.
  public func apply<A: TensorTree, R: TensorTree>(
    _ target: LiftedScopes, _ arguments: A, _ body: ([Scope], A) -> R
  ) -> R {
    run(target) { body($0, arguments) }
  }

  /// Runs `body`, which may give anything, with new streams.
  func run<R>(_ target: LiftedScopes, _ body: ([Scope]) -> R) -> R {
    let pack = Pack(target, name: "fold_rngs", in: [variables], out: [variables], rngs: [])
    let (result, written) = pack.run(
      pack.variables, [target.forkedStreams(rngs)], body)
    pack.publish(written)
    return result
  }
}

extension FoldRNGs {
  /// Runs a function of a module or scope with new streams.
  @_disfavoredOverload
  public func callAsFunction<T: LiftTarget, R>(
    _ target: T, including others: [Module] = [], body: (T) -> R
  ) -> R {
    run(LiftedScopes(target, including: others)) { scopes in
      var scopes = scopes[...]
      return body(target.moved(to: &scopes))
    }
  }
}

extension Lifted where Transform == FoldRNGs {
  /// Runs a function of the module, which may give anything, with new streams.
  @_disfavoredOverload
  public func callAsFunction<R>(body: (M) -> R) -> R {
    guard let scopes = liftedScopes else { return body(module) }
    return transform.run(scopes) { _ in body(module) }
  }
}

extension LiftedScopes {
  /// The streams of each scope as `fold_rngs` and `jit` of Flax pass them on: those of the module
  /// that the transform is for begin with a key drawn from each, those of others at their roots.
  func forkedStreams(_ filter: CollectionFilter) -> [RNGStreams] {
    scopes.enumerated().map { index, scope in
      let streams = scope.rngs
      let forked =
        index == owner
        ? streams.map { stream in
          let key = scope.makeRNG(stream.name)
          return (stream.name, LazyRNG(key, separation: stream.rng.separation))
        }
        : streams.map { ($0.name, LazyRNG($0.rng.root, separation: $0.rng.separation)) }
      return RNGStreams(forked.filter { filter.contains($0.0) })
    }
  }
}

/// Gives the transform by which a function of modules draws from streams of its own.
///
/// A key is drawn from each stream, and begins the stream inside; what is drawn inside does not count
/// outside. ``jit(variables:rngs:)`` does the same, so that this gives its numbers without compiling.
/// Mirrors `flax.linen.fold_rngs`.
public func foldRNGs(
  variables: CollectionFilter = true, rngs: CollectionFilter = true
) -> FoldRNGs {
  FoldRNGs(variables: variables, rngs: rngs)
}

/// Makes a module that draws from streams of its own.
///
/// Named `Fold_rngsDense_0`, unless a name is given here or to the module.
public func foldRNGs<M: Module>(
  variables: CollectionFilter = true, rngs: CollectionFilter = true, name: String? = nil,
  _ make: () -> M
) -> Lifted<M, FoldRNGs> {
  Lifted(foldRNGs(variables: variables, rngs: rngs), name: name, make)
}
