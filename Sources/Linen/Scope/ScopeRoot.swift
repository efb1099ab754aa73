/// What all scopes of one call share: the variables, the filter, the flags and the streams.
final class ScopeRoot {
  let variables: Variables.Entries
  let mutable: CollectionFilter
  let flags: [String: Bool]
  let isInitializing: Bool
  let rngs: [(name: String, rng: LazyRNG)]
  /// The path of the root scope, which is not empty inside lifted transforms.
  let path: [String]
  /// The path as messages show it, with the transforms around the root, such as `vmap(dense)`.
  let debugPath: [String]
  /// The transform that made the root scope; nil for that of a call.
  let lift: LiftOrigin?
  /// Traces that began later have ended when the root scope's variables are used.
  let level = TraceLevel.last
  /// What the scope that this one stands in for belongs to.
  private let outer: ScopeRoot?
  /// Whether to note which variables are used, for diagnostics.
  let notesUse: Bool
  private var used: Set<[String]> = []
  /// The keys drawn in this call, for diagnostics.
  private var draws: [RNGDraw] = []
  /// The paths of scopes that a transform runs on at present, innermost last, and the scopes that are
  /// in their places: what is written to the former meanwhile would be lost when it ends.
  var lifted: [(path: [String], inner: Scope)] = []
  var isValid = true
  /// The mutable collections, in the order in which they were first asked for.
  private var stores: [(name: String, store: CollectionStore)] = []
  /// The collections that somebody has asked for, so that a misspelt name is found.
  private(set) var asked: Set<String> = []

  init(
    variables: Variables.Entries, rngs: [(name: String, rng: LazyRNG)], mutable: CollectionFilter,
    flags: [String: Bool], path: [String], outer: ScopeRoot? = nil, debugPath: [String]? = nil,
    lift: LiftOrigin? = nil
  ) {
    self.variables = variables
    self.rngs = rngs
    self.mutable = mutable
    self.flags = flags
    isInitializing = flags["initializing"] ?? false
    self.path = path
    self.outer = outer
    notesUse = DiagnosticCollector.current != nil
    self.debugPath = debugPath ?? path
    self.lift = lift
  }

  func store(_ collection: String) -> CollectionStore {
    if let known = stores.first(where: { $0.name == collection }) { return known.store }
    let store = CollectionStore(root: variables[collection]?.entries)
    stores.append((collection, store))
    return store
  }

  func ask(_ collection: String) {
    guard collection != "params" else { return }
    asked.insert(collection)
    outer?.ask(collection)
  }

  /// Notes that the variables at a path, which begins with the collection, are used.
  func noteUse(_ path: [String]) {
    if let outer { outer.noteUse(path) } else { used.insert(path) }
  }

  /// Notes a key that a scope of another path has drawn already.
  func note(_ draw: RNGDraw, _ collector: DiagnosticCollector) {
    if let outer { return outer.note(draw, collector) }
    guard draw.key != nil else { return }
    let known = draws.first { $0.key == draw.key && $0.source == draw.source }
    if let known, known.path != draw.path {
      collector.note(
        .keyRepeated(
          stream: draw.source, first: known.path.joined(separator: "/"),
          second: draw.path.joined(separator: "/")))
    }
    draws.append(draw)
  }

  /// Notes the given variables that nobody used, and streams of one key.
  func diagnose() {
    guard let collector = DiagnosticCollector.current, outer == nil else { return }
    for (index, first) in rngs.enumerated() {
      for second in rngs[(index + 1)...] where second.rng == first.rng {
        let names = [first.name, second.name].sorted()
        collector.note(.equalKeys(first: names[0], second: names[1]))
      }
    }
    for (path, _) in Variables(variables).flattened() where path.count > 1 {
      let isUsed = path.indices.dropFirst().contains { used.contains(Array(path[...$0])) }
      if !isUsed {
        let name = path.dropFirst().joined(separator: "/")
        collector.note(.variableUnused(collection: path[0], name: name))
      }
    }
  }

  /// The collection as it is now.
  func entries(_ collection: String) -> Variables.Entries? {
    if let store = stores.first(where: { $0.name == collection })?.store {
      return store.isPresent ? store.contents : nil
    }
    return variables[collection]?.entries
  }

  /// All collections that there are now: those given, then those that were made.
  var collections: [String] {
    variables.keys
      + stores.filter { $0.store.isPresent && !variables.contains($0.name) }.map(\.name)
  }
}

/// The lifted transform inside which a scope is, for messages.
struct LiftOrigin {
  /// The transform's name, such as `vmap`.
  let transform: String
  /// What its arguments for collections and streams are called.
  let labels: (variables: String, rngs: String)
  /// The collections and streams outside.
  let collections: [String]
  let streams: [String]

  /// Says that a collection is there, but not inside.
  func details(ofCollection name: String) -> [String] {
    guard collections.contains(name) else { return [] }
    return ["\(transform) does not pass \"\(name)\" on: add it to \(labels.variables)"]
  }

  /// Says that a stream is there, but not inside.
  func details(ofStream name: String) -> [String] {
    guard let stream = [name, "params"].first(where: streams.contains) else { return [] }
    return ["\(transform) does not pass \"\(stream)\" on: add it to \(labels.rngs)"]
  }
}
