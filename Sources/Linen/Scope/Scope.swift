/// A place in the variables of a running call: what a function or module sees of them.
///
/// A scope gives names to variables and to child scopes, reads and writes variables below its
/// path, and draws keys from the random streams. Modules are made of scopes; functions can use them
/// without modules:
///
///     func dense(_ scope: Scope, _ x: Tensor, _ features: Int) -> Tensor {
///       let kernel = scope.param("kernel", .lecunNormal(), [x.shape[-1], features])
///       return matmul(x, kernel) + scope.param("bias", .zeros, [features])
///     }
///     let (y, variables) = try Scope.initialize(Key(0)) { scope in
///       dense(scope.push("hidden"), x, 3)
///     }
///
/// A scope lives as long as the call that made it, and belongs to its thread. Mirrors
/// `flax.core.scope.Scope`.
public final class Scope {
  /// The last name of the path; nil at the root.
  public let name: String?
  /// The scope above; nil at the root.
  public let parent: Scope?
  let shared: ScopeRoot
  @exclusivity(unchecked) var reservations = NameTable()
  /// Whether several modules use the scope, so that none may free names by itself.
  var isShared = false
  /// The names of children that a lifted transform has brought in: `setup`, which runs anew inside,
  /// may use them once more.
  var reusableNames: Set<String> = []
  private var isValid = true
  /// How many names the scope above had given away before: the place among its variables at which
  /// those of this scope most likely are.
  private let place: Int

  @exclusivity(unchecked) private var paramsView: View?
  @exclusivity(unchecked) private var views: [(collection: String, view: View)] = []
  private var cachedRNGs: [(name: String, rng: LazyRNG)]?
  private var ownCounters: RNGCounters?

  /// What a scope sees of a collection.
  enum View {
    case fixed(Variables.Entries?)
    case store(CollectionStore)
  }

  /// Makes a root scope; inside a lifted transform it goes on with the counters outside.
  init(root: ScopeRoot, counters: RNGCounters = RNGCounters()) {
    name = root.path.last
    parent = nil
    place = 0
    shared = root
    ownCounters = counters
  }

  /// A root that stands in for another scope: other variables, the same path and counters.
  init(inFor scope: Scope, root: ScopeRoot) {
    name = scope.name
    parent = nil
    place = 0
    shared = root
    ownCounters = scope.counters
  }

  private init(
    _ name: String?, _ parent: Scope?, _ shared: ScopeRoot, _ counters: RNGCounters?, place: Int = 0
  ) {
    self.name = name
    self.parent = parent
    self.place = place
    self.shared = shared
    ownCounters = counters
  }

  /// The scope at the top of this call.
  public var root: Scope {
    var scope = self
    while let parent = scope.parent { scope = parent }
    return scope
  }

  /// The names from the root to this scope; the modules' path.
  public var path: [String] { shared.path + pathFromRoot }

  /// The path with the transforms around it, such as `vmap(dense)`.
  var debugPath: [String] { shared.debugPath + pathFromRoot }

  /// The names below the root scope.
  var pathFromRoot: [String] {
    var names: [String] = []
    var scope = self
    while let parent = scope.parent {
      if let name = scope.name { names.append(name) }
      scope = parent
    }
    return names.reversed()
  }

  /// The path as text, such as `/encoder/Dense_0`; inside lifted transforms `/encoder/vmap(Dense_0)`.
  public var pathText: String { "/" + debugPath.joined(separator: "/") }

  /// Whether the scope was used up: its call, or the closure given to ``temporary(_:)``, has ended.
  public var isInvalid: Bool { !isValid || !shared.isValid }

  /// Ends the use of this scope.
  public func invalidate() { isValid = false }

  /// Gives this scope to `body`, and invalidates it at the end.
  public func temporary<R, E: Error>(_ body: (Scope) throws(E) -> R) throws(E) -> R {
    defer { invalidate() }
    return try body(self)
  }

  /// Records an error if the scope is no longer valid.
  func checkValid() {
    if isInvalid { record(LinenError(.scopeInvalid(name: name))) }
  }

  // MARK: Flags

  /// Whether the call was given this flag.
  public func hasFlag(_ flag: String) -> Bool { shared.flags[flag] != nil }

  /// The value of a flag, such as `initializing`, or `defaultValue`.
  public func getFlag(_ flag: String, default defaultValue: Bool = false) -> Bool {
    shared.flags[flag] ?? defaultValue
  }

  // MARK: Children

  /// Whether the name is taken: by a child, or for a variable by one of the same collection.
  public func isReserved(_ name: String, collection: String? = nil) -> Bool {
    reservations.isTaken(name, collection)
  }

  /// Takes a name for a child, or for a variable of a collection.
  ///
  /// Records an error if it is taken.
  public func reserve(_ name: String, collection: String? = nil) {
    if !reservations.insert(name, collection) {
      record(LinenError(.scopeNameInUse(name: name), details: ["scope: \(pathText)"]))
    }
  }

  /// Finds the first name, of the prefix followed by 0, 1 and so on, that is not taken.
  public func defaultName(_ prefix: String) -> String {
    var index = 0
    while reservations.contains("\(prefix)\(index)") { index += 1 }
    return "\(prefix)\(index)"
  }

  /// Makes a child scope; its streams have its name folded in.
  ///
  /// Counters of a name that is pushed again go on counting. Records an error if the name is taken,
  /// unless `reuse` allows for it.
  public func push(_ name: String? = nil, prefix: String = "", reuse: Bool = false) -> Scope {
    checkValid()
    let name = name ?? defaultName(prefix)
    if !reuse || !reservations.contains(name) { reserve(name) }
    return Scope(name, self, shared, nil)
  }

  /// Makes a child scope under a name, and says whether that was free.
  func pushTaking(_ name: String) -> (scope: Scope, isFree: Bool) {
    let place = reservations.count
    let isFree = reservations.insert(name, nil)
    return (Scope(name, self, shared, nil, place: place), isFree)
  }

  /// The scope in the place of this one inside the transforms that run on it at present.
  var lifted: Scope {
    guard !shared.lifted.isEmpty else { return self }
    let path = path
    guard let lift = shared.lifted.last(where: { path.starts(with: $0.path) }) else { return self }
    let names = path.dropFirst(lift.path.count)
    return names.reduce(lift.inner) { Scope($1, $0, $0.shared, nil) }.lifted
  }

  /// Gives `function` a child scope; each call of the result uses the same variables.
  public func child<each A, R>(
    _ function: @escaping (Scope, repeat each A) -> R, name: String? = nil, prefix: String = ""
  ) -> (repeat each A) -> R {
    let scope = push(name, prefix: prefix)
    return { (arguments: repeat each A) in function(scope.rewound(), repeat each arguments) }
  }

  /// This scope with all names free again; the counters of the streams restart if `rewindRNGs`.
  public func rewound(rewindRNGs: Bool = false) -> Scope {
    checkValid()
    let scope = Scope(name, parent, shared, rewindRNGs ? RNGCounters() : ownCounters)
    scope.paramsView = paramsView
    scope.views = views
    scope.cachedRNGs = cachedRNGs
    return scope
  }

  /// This scope below another parent; its streams stay what they are.
  func moved(to parent: Scope) -> Scope {
    let scope = Scope(name, parent, shared, counters)
    scope.cachedRNGs = rngs
    scope.reservations = reservations
    return scope
  }

  // MARK: Streams

  /// The streams with the names up to here to be folded in.
  var rngs: [(name: String, rng: LazyRNG)] {
    if let cachedRNGs { return cachedRNGs }
    var rngs = parent?.rngs ?? shared.rngs
    if parent != nil, let name {
      for index in rngs.indices { rngs[index].rng = rngs[index].rng.appending(name) }
    }
    cachedRNGs = rngs
    return rngs
  }

  /// The counters, which scopes of one name below one parent share.
  var counters: RNGCounters {
    if let ownCounters { return ownCounters }
    let counters = name.flatMap { parent?.counters.child($0) } ?? RNGCounters()
    ownCounters = counters
    return counters
  }

  // MARK: Views

  func view(_ collection: String) -> View {
    if collection == "params" {
      if let paramsView { return paramsView }
      let view = makeView(collection)
      paramsView = view
      return view
    }
    if let known = views.first(where: { $0.collection == collection }) { return known.view }
    let view = makeView(collection)
    views.append((collection, view))
    return view
  }

  private func makeView(_ collection: String) -> View {
    guard let parent, let name else {
      shared.ask(collection)
      guard shared.mutable.contains(collection) else {
        return .fixed(shared.variables[collection]?.entries)
      }
      return .store(shared.store(collection))
    }
    switch parent.view(collection) {
    case .fixed(let entries): return .fixed(entries?.value(name, near: place)?.entries)
    case .store(let store): return .store(store.child(name))
    }
  }
}
