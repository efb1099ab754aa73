/// The variables and streams of scopes, sorted into groups for a transform to treat apart.
///
/// This is the engine of every lifted transform: it takes the scopes apart by filters, runs a
/// function on new scopes made of given variables and streams, and writes what that leaves in the
/// mutable collections back. Mirrors `flax.core.lift.pack`.
///
/// A group has an element for each scope. A collection belongs to the first group whose filter
/// chooses it, and is not there inside if no filter does.
public final class Pack {
  /// The variables of each group.
  public let variables: [[Variables]]
  /// The random streams of each group.
  public let rngs: [[RNGStreams]]
  private let target: LiftedScopes
  let name: String
  private let outputs: [CollectionFilter]
  private let labels: (variables: String, rngs: String)

  /// Takes scopes apart.
  ///
  /// `name` is the transform's, as error paths show it; `labels` are what its arguments that choose
  /// collections and streams are called.
  public init(
    _ target: LiftedScopes, name: String, in inputs: [CollectionFilter],
    out outputs: [CollectionFilter], rngs: [CollectionFilter],
    labels: (variables: String, rngs: String) = ("variables", "rngs")
  ) {
    self.target = target
    self.name = name
    self.outputs = outputs
    self.labels = labels
    variables = transposed(
      target.scopes.map { $0.variables.grouped(by: inputs) }, count: inputs.count)
    self.rngs = transposed(
      target.scopes.map { RNGStreams($0.rngs).grouped(by: rngs) }, count: rngs.count)
  }

  /// Calls `body` with new scopes of these variables and streams, and gives its result and, in groups
  /// by the filters for outputs, the collections that are mutable.
  ///
  /// Counters of streams go on where they are outside, and outside where they end here: every run
  /// draws new keys.
  public func run<R>(
    _ variables: [[Variables]], _ rngs: [[RNGStreams]], mutable: CollectionFilter = true,
    _ body: ([Scope]) -> R
  ) -> (result: R, variables: [[Variables]]) {
    let written = outputs.reduce(CollectionFilter.none) { $0.union($1) }.intersection(mutable)
    let inner = target.scopes.enumerated().map { index, scope in
      Scope(
        root: ScopeRoot(
          variables: merged(variables.map { $0[index] }),
          rngs: rngs.flatMap { $0[index].streams },
          mutable: scope.shared.mutable.intersection(written), flags: scope.shared.flags,
          path: scope.path, outer: scope.shared, debugPath: debugPath(of: scope),
          lift: origin(of: scope)),
        counters: scope.counters)
    }
    for (scope, inner) in zip(target.scopes, inner) {
      scope.shared.lifted.append((scope.path, inner))
    }
    let result = target.enter(inner, body)
    for scope in target.scopes { scope.shared.lifted.removeLast() }
    if result is Module || result is any VariableReference {
      record(LinenError(.transformResult(type: "\(R.self)")))
    }
    let groups = inner.map { inner in
      inner.shared.isValid = false
      return inner.mutableVariables.grouped(by: outputs)
    }
    return (result, transposed(groups, count: outputs.count))
  }

  /// Writes collections that `run` gave to the scopes outside.
  public func publish(_ groups: [[Variables]]) {
    for group in groups {
      for (scope, collections) in zip(target.scopes, group) {
        for (collection, part) in collections where scope.shared.mutable.contains(collection) {
          for (name, value) in part { scope.putVariable(collection, name, value) }
        }
      }
    }
  }

  // MARK: Errors

  /// A mistake in the use of the transform.
  func error(_ fact: LiftError.Fact) -> LiftError { LiftError(name, fact, path: errorPath) }

  /// An error with the place of the transform, if it has none.
  func located(_ error: any Error) -> any Error {
    guard var located = error as? any LocatedError, located.path == nil else { return error }
    located.path = errorPath
    return located
  }

  /// The place of the transform, such as `/Model/vmap(VmapDense_0)`.
  var errorPath: String? {
    target.scopes.first.map { scope in
      let root = ModuleContext.current?.rootNameInMessages
      return "/" + ((root.map { [$0] } ?? []) + debugPath(of: scope)).joined(separator: "/")
    }
  }

  private func debugPath(of scope: Scope) -> [String] {
    let path = scope.debugPath
    return path.dropLast() + ["\(name)(\(path.last ?? ""))"]
  }

  private func origin(of scope: Scope) -> LiftOrigin {
    LiftOrigin(
      transform: name, labels: labels, collections: scope.shared.collections,
      streams: scope.shared.rngs.map(\.name))
  }
}

private func merged(_ groups: [Variables]) -> Variables.Entries {
  if groups.count == 1 { return groups[0].entries ?? Variables.Entries() }
  return Variables.Entries(groups.flatMap { group in group.map { ($0.key, $0.value) } })
}

private func transposed<T>(_ rows: [[T]], count: Int) -> [[T]] {
  (0..<count).map { column in rows.map { $0[column] } }
}

/// The random streams of a scope, as a transform sees them: a tree of their keys.
public struct RNGStreams: Sendable, TensorTree {
  var streams: [(name: String, rng: LazyRNG)]

  init(_ streams: [(name: String, rng: LazyRNG)]) { self.streams = streams }

  /// Presents the keys in the order of their names.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) {
    for index in streams.indices.sorted(by: { streams[$0].name < streams[$1].name }) {
      visitor.visit(.key(streams[index].name), &streams[index].rng)
    }
  }

  func grouped(by filters: [CollectionFilter]) -> [RNGStreams] {
    var rest = streams
    return filters.map { filter in
      defer { rest.removeAll { filter.contains($0.name) } }
      return RNGStreams(rest.filter { filter.contains($0.name) })
    }
  }

  /// The streams with other keys at their roots; what is to be folded in stays.
  func mapKeys(_ transform: (Key) -> Key) -> RNGStreams {
    RNGStreams(streams.map { ($0.name, $0.rng.mapRoot(transform)) })
  }
}
