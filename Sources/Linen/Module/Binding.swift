/// The place of a module in a running call: its scope, its name, and what it is doing.
///
/// The call owns all its bindings and lives longer than any use of them; that is why they refer to
/// each other without counting.
final class Binding {
  let module: Module
  unowned(unsafe) let context: ModuleContext
  unowned(unsafe) let parent: Binding?
  let info: ClassInfo
  let name: String?
  @exclusivity(unchecked) var scope: Scope

  @exclusivity(unchecked) var isInSetup = false
  @exclusivity(unchecked) var isInCompact = false
  @exclusivity(unchecked) var isSetUp = false
  /// Whether the modules in its stored properties have been looked for.
  @exclusivity(unchecked) var hasAdopted: Bool
  /// Whether one of its methods has entered `compact` or `method`.
  @exclusivity(unchecked) var isEntered = false
  /// Whether it was made in `setup` or stood in a property, so that later calls find it again.
  let isFromSetup: Bool
  /// The compact method that runs, for diagnostics.
  @exclusivity(unchecked) var method: String?
  /// The compact methods that made submodules and variables, by their names, for diagnostics.
  private var makers: [String: String] = [:]
  @exclusivity(unchecked) private var cursor: [(nameNumber: Int, next: Int)] = []
  @exclusivity(unchecked) private var properties: [(id: UInt64, value: AnyObject)] = []
  private var nameScopes: [String: CompactNameScope] = [:]

  init(
    _ module: Module, _ scope: Scope, name: String?, parent: Binding?, context: ModuleContext,
    info: ClassInfo
  ) {
    self.module = module
    self.scope = scope
    self.name = name
    self.parent = parent
    self.context = context
    self.info = info
    hasAdopted = !info.holdsModules
    isFromSetup = parent.map { $0.isInSetup || !$0.isInCompact } ?? true
  }

  /// What a module was doing when a lifted transform of it began.
  struct State {
    fileprivate let isInSetup: Bool
    fileprivate let isInCompact: Bool
    fileprivate let cursor: [(nameNumber: Int, next: Int)]
  }

  var state: State {
    State(isInSetup: isInSetup, isInCompact: isInCompact, cursor: cursor)
  }

  /// Makes the place that a module has inside a lifted transform: it goes on with what it did
  /// outside, in another scope.
  ///
  /// It is set up anew, so that its submodules are in that scope too.
  convenience init(
    _ module: Module, _ scope: Scope, lifting outer: (binding: Binding, state: State)?,
    context: ModuleContext
  ) {
    self.init(
      module, scope, name: outer?.binding.name ?? module.givenName, parent: outer?.binding.parent,
      context: context, info: context.info(module))
    guard let state = outer?.state else { return }
    isInSetup = state.isInSetup
    isInCompact = state.isInCompact
    hasAdopted = true
    cursor = state.cursor
  }

  /// Takes over, at the end of a lifted transform, what happened inside.
  func resume(after inner: Binding) {
    cursor = inner.cursor
    isEntered = isEntered || inner.isEntered
  }

  /// The module as errors name it: `/Model/head Dense`.
  var errorPath: String {
    var names = scope.debugPath
    // Only modules that call each other without end are so deep.
    if names.count > 64 {
      names.replaceSubrange(8..<names.count - 8, with: ["... \(names.count - 16) more ..."])
    }
    let path = "/" + ([context.rootNameInMessages ?? ""] + names).joined(separator: "/")
    return names.isEmpty ? path : "\(path) \(info.name)"
  }

  var mayDeclare: Bool { isInSetup || isInCompact }

  /// The next automatic name for a submodule of a class.
  func automaticName(_ info: ClassInfo) -> String {
    for place in cursor.indices where cursor[place].nameNumber == info.nameNumber {
      let index = cursor[place].next
      cursor[place].next = index + 1
      return info.automaticName(index)
    }
    cursor.append((info.nameNumber, 1))
    return info.automaticName(0)
  }

  /// Ends a compact method: its names are free again, and automatic names start anew unless the
  /// method was called by another compact one, as an overridden method is.
  func endCompact(isOutermost: Bool) {
    if scope.isShared {
      scope = scope.rewound()
    } else if scope.reservations.count > 0 {
      scope.reservations.removeAll()
    }
    guard isOutermost else { return }
    isInCompact = false
    if !cursor.isEmpty { cursor = [] }
  }

  /// Notes a name that two compact methods give away.
  func noteSharedName(_ name: String, _ collector: DiagnosticCollector) {
    guard isInCompact, let method = method.map(methodName) else { return }
    if let first = makers[name], first != method {
      collector.note(.nameShared(name: name, first: first, second: method))
    }
    makers[name] = method
  }

  // MARK: Properties of setup

  func property(_ id: UInt64) -> AnyObject? {
    for property in properties where property.id == id { return property.value }
    return nil
  }

  func setProperty(_ id: UInt64, _ value: AnyObject) {
    if let place = properties.firstIndex(where: { $0.id == id }) {
      properties[place].value = value
    } else {
      properties.append((id, value))
    }
  }

  /// The module that stands for the methods of a compact name scope.
  func nameScope(_ name: String) -> CompactNameScope {
    if let known = nameScopes[name] { return known }
    let module = CompactNameScope(of: self, name: name)
    nameScopes[name] = module
    return module
  }

  /// Gives the module another scope, whose names its submodules take up.
  func moveToScope(_ newScope: Scope) {
    let old = scope
    scope = newScope
    newScope.isShared = true
    for child in context.children(of: self) where child.scope.parent === old {
      if let name = child.scope.name { newScope.reserve(name) }
      child.scope = child.scope.moved(to: newScope)
    }
  }
}
