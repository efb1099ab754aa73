/// Lifts a change of variables: a function of modules sees other values than are stored.
///
/// Made by ``mapVariables(_:transIn:transOut:init:mutable:rngs:variables:)``.
public struct MapVariables: CallLift {
  /// `Map_variablesDense`.
  public static let prefix = "Map_variables"

  /// A function of collections, such as `["params": ["kernel": ...]]`.
  public typealias Transform = @Sendable (Variables) -> Variables

  let mapped: CollectionFilter
  let transIn: Transform
  let transOut: Transform
  let initialize: Bool
  let mutable: Bool
  let rngs: CollectionFilter
  let variables: CollectionFilter

  /// Runs `body` on the changed variables.
  public func apply<A: TensorTree, R: TensorTree>(
    _ target: LiftedScopes, _ arguments: A, _ body: ([Scope], A) -> R
  ) -> R {
    run(target) { body($0, arguments) }
  }

  /// Runs `body`, which may give anything, on the changed variables.
  func run<R>(_ target: LiftedScopes, _ body: ([Scope]) -> R) -> R {
    let isWritten = initialize || mutable
    let pack = Pack(
      target, name: "map_variables", in: [mapped, variables],
      out: isWritten ? [mapped, variables] : [.none, variables.subtracting(mapped)], rngs: [rngs])
    var stored = pack.variables[0]
    let others = pack.variables[1]
    if initialize,
      target.scopes.contains(where: { !$0.shared.mutable.intersection(mapped).isEmpty })
    {
      stored = pack.run([stored, others], pack.rngs, body).variables[0].map(transOut)
    }
    let (result, written) = pack.run(
      [stored.map(transIn), others], pack.rngs,
      mutable: isWritten ? .all : CollectionFilter.all.subtracting(mapped), body)
    pack.publish(isWritten ? [written[0].map(transOut), written[1]] : written)
    return result
  }
}

extension MapVariables {
  /// Runs a function of a module or scope on the changed variables.
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

extension Lifted where Transform == MapVariables {
  /// Runs a function of the module, which may give anything, on the changed variables.
  @_disfavoredOverload
  public func callAsFunction<R>(body: (M) -> R) -> R {
    guard let scopes = liftedScopes else { return body(module) }
    return transform.run(scopes) { _ in body(module) }
  }
}

/// Gives the transform by which a function of modules sees changed variables.
///
/// - `collections`: those that are changed.
/// - `transIn`: makes what the function sees of what is stored.
/// - `transOut`: makes what is stored of what the function leaves, with `init` or `mutable`.
/// - `init`: whether variables are made first, as they are stored, and changed then.
/// - `mutable`: whether the function may write to the changed collections.
/// - `rngs`, `variables`: the streams and other collections that are passed on.
///
/// Mirrors `flax.linen.map_variables`.
public func mapVariables(
  _ collections: CollectionFilter = true,
  transIn: @escaping MapVariables.Transform = { $0 },
  transOut: @escaping MapVariables.Transform = { $0 }, `init` initialize: Bool = false,
  mutable: Bool = false, rngs: CollectionFilter = true, variables: CollectionFilter = true
) -> MapVariables {
  MapVariables(
    mapped: collections, transIn: transIn, transOut: transOut, initialize: initialize,
    mutable: mutable, rngs: rngs, variables: variables)
}

/// Makes a module that sees changed variables.
///
///     final class CausalDense: Module, @unchecked Sendable {
///       @Setup var dense: Lifted<Dense, MapVariables>
///
///       override func setup() {
///         let isInitializing = isInitializing
///         dense = mapVariables(
///           "params", transIn: { isInitializing ? $0 : treeMap($0) { triu($0) } },
///           init: isInitializing
///         ) { Dense(5, useBias: false) }
///       }
///
///       func callAsFunction(_ x: Tensor) -> Tensor { method(x) { x in dense(x) } }
///     }
///
/// Named `Map_variablesDense_0`, unless a name is given here or to the module. For the arguments see
/// ``mapVariables(_:transIn:transOut:init:mutable:rngs:variables:)``.
public func mapVariables<M: Module>(
  _ collections: CollectionFilter = true,
  transIn: @escaping MapVariables.Transform = { $0 },
  transOut: @escaping MapVariables.Transform = { $0 }, `init` initialize: Bool = false,
  mutable: Bool = false, rngs: CollectionFilter = true, variables: CollectionFilter = true,
  name: String? = nil, _ make: () -> M
) -> Lifted<M, MapVariables> {
  Lifted(
    mapVariables(
      collections, transIn: transIn, transOut: transOut, init: initialize, mutable: mutable,
      rngs: rngs, variables: variables), name: name, make)
}

/// Gives the transform by which a function of modules sees two collections in each other's place.
///
/// Mirrors `flax.core.lift.swap_collection`.
public func swapCollection(_ a: String, _ b: String) -> MapVariables {
  let swap: MapVariables.Transform = { variables in
    var result = variables
    (result[a], result[b]) = (variables[b], variables[a])
    return result
  }
  return mapVariables([a, b], transIn: swap, transOut: swap, mutable: true)
}
