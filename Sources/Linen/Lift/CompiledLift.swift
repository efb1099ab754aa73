import Synchronization

/// A call of a module that has been traced and compiled, kept for the next equal call.
final class CompiledLift: @unchecked Sendable {
  /// What a trace depends on: two calls of one signature do the same operations.
  struct Signature: Hashable, @unchecked Sendable {
    let key: AnyHashable
    let identity: [AnyHashable]
    let variables: CollectionFilter
    let rngs: CollectionFilter
    let roots: [LiftedScopes.Root]
    let counts: [RNGCounters.State]
    let axes: [NamedAxis]
    let structure: TreeDefinition
    let types: [ShapeDtype]
  }

  let body: Subgraph
  /// The result and the written variables, whose tensors are types alone.
  let template: Any?
  /// What was drawn from the streams of each scope.
  let counts: [(start: RNGCounters.State, end: RNGCounters.State)]
  /// The modules whose addresses are in the signature.
  private var kept: [Module] = []

  init(
    _ graph: Graph, _ template: Any?, from start: [RNGCounters.State], to end: [RNGCounters.State]
  ) {
    body = Subgraph(graph)
    self.template = template
    counts = Array(zip(start, end))
  }

  /// The most calls that are kept; the one found longest ago goes first.
  private static let limit = 256

  private struct Cache {
    var lifts: [Signature: CompiledLift] = [:]
    /// The least recently found first.
    var order: [Signature] = []
  }

  private static let cache = Mutex(Cache())

  static func find(_ signature: Signature) -> CompiledLift? {
    cache.withLock { cache in
      guard let lift = cache.lifts[signature] else { return nil }
      if cache.order.last != signature, let place = cache.order.firstIndex(of: signature) {
        cache.order.append(cache.order.remove(at: place))
      }
      return lift
    }
  }

  func keep(_ signature: Signature, _ modules: [Module]) {
    kept = modules
    CompiledLift.cache.withLock { cache in
      if cache.lifts.updateValue(self, forKey: signature) == nil { cache.order.append(signature) }
      if cache.order.count > CompiledLift.limit {
        cache.lifts[cache.order.removeFirst()] = nil
      }
    }
  }
}

extension LiftedScopes {
  /// What a trace depends on of a scope.
  struct Root: Hashable {
    let mutable: CollectionFilter
    let flags: [String: Bool]
    let names: [[String]]
  }

  var roots: [Root] {
    scopes.enumerated().map { index, scope in
      Root(
        mutable: scope.shared.mutable, flags: scope.shared.flags,
        names: places.filter { $0.top == index }.map(\.names))
    }
  }

  /// Whether somebody looks on, so that modules must run: an interceptor, a table, diagnostics.
  var isObserved: Bool {
    ModuleContext.current?.isObserving == true || ContextSlot.interceptors.pointer != nil
      || scopes.contains(where: \.shared.notesUse)
  }

  /// What tells the modules from others that would be traced differently: their classes and
  /// configurations, or themselves if these can't be compared; nil if nothing does.
  var identity: [AnyHashable]? {
    let taken = fingerprint.of(modules.map(\.module))
    // Initializers can't be compared, and are only used where parameters are made.
    if taken.hasInitializers, scopes.contains(where: { $0.shared.mutable.contains("params") }) {
      return nil
    }
    if let parts = taken.parts { return parts }
    return modules.allSatisfy(\.isLasting)
      ? modules.map { AnyHashable(ObjectIdentifier($0.module)) } : nil
  }

  /// The modules, for as long as their addresses are used.
  var kept: [Module] { modules.map(\.module) }
}

/// The fingerprint of the modules of a lifted module, taken once: they are constants.
final class LazyFingerprint: Sendable {
  private let taken = Mutex<ModuleFingerprint?>(nil)

  func of(_ modules: [Module]) -> ModuleFingerprint {
    if let known = taken.withLock({ $0 }) { return known }
    var fingerprint = ModuleFingerprint()
    for module in modules { fingerprint.add(module) }
    taken.withLock { [fingerprint] in $0 = fingerprint }
    return fingerprint
  }
}

/// The classes and properties of modules, as far as they can be compared.
struct ModuleFingerprint: @unchecked Sendable {
  /// Nil if a property can't be compared.
  private(set) var parts: [AnyHashable]? = []
  /// Whether a property is an initializer, which is not among the parts.
  private(set) var hasInitializers = false
  private var seen: [ObjectIdentifier] = []

  mutating func add(_ module: Module) {
    let identifier = ObjectIdentifier(module)
    if let place = seen.firstIndex(of: identifier) {
      parts?.append(place)
      return
    }
    seen.append(identifier)
    parts?.append(ObjectIdentifier(type(of: module)))
    for field in Fields.values(of: module) {
      parts?.append(field.label)
      add(value: field.value)
    }
  }

  private mutating func add(value: Any) {
    if value is Initializer {
      hasInitializers = true
      return
    }
    if let module = value as? Module { return add(module) }
    if let hashable = value as? AnyHashable {
      parts?.append(hashable)
      return
    }
    let mirror = Mirror(reflecting: value)
    switch mirror.displayStyle {
    case .optional, .collection, .tuple, .struct:
      parts?.append("\(mirror.subjectType)")
      parts?.append(mirror.children.count)
      for child in mirror.children { add(value: child.value) }
    default: parts = nil
    }
  }
}
