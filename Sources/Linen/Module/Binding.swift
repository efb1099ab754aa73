/// The place of a module in a running call: its scope, its name, and what it is doing.
final class Binding {
  // Whoever holds a binding came by the module that has it, or holds the binding of its parent,
  // which keeps its submodules.
  unowned(unsafe) let module: Module
  unowned let context: ModuleContext
  let contextID: UInt64
  let info: ClassInfo
  let name: String?
  var scope: Scope
  private(set) weak var parent: Binding?

  var isInSetup = false
  var isInCompact = false
  var isSetUp = false
  /// Whether the modules in its stored properties have been looked for.
  var hasAdopted: Bool
  /// Whether one of its methods has entered `compact` or `method`.
  var isEntered = false
  private var wasCompact = false
  private var cursor: [(name: String, next: Int)] = []
  private(set) var children: [Child] = []
  private var properties: [(id: UInt64, value: AnyObject)] = []
  private var nameScopes: [String: CompactNameScope] = [:]

  struct Child {
    let name: String
    /// The submodule; nil for variables.
    let module: Module?
    let collection: String?
  }

  init(
    _ module: Module, _ scope: Scope, name: String?, parent: Binding?, context: ModuleContext,
    info: ClassInfo
  ) {
    self.module = module
    self.scope = scope
    self.name = name
    self.parent = parent
    self.context = context
    contextID = context.id
    self.info = info
    hasAdopted = !info.holdsModules
  }

  var mayDeclare: Bool { isInSetup || isInCompact }

  /// The next automatic name for a submodule of a class.
  func automaticName(_ info: ClassInfo) -> String {
    if let place = cursor.firstIndex(where: { $0.name == info.name }) {
      defer { cursor[place].next += 1 }
      return info.automaticName(cursor[place].next)
    }
    cursor.append((info.name, 1))
    return info.automaticName(0)
  }

  func addChild(_ name: String, module: Module? = nil, collection: String? = nil) {
    let child = Child(name: name, module: module, collection: collection)
    // Names repeat only from one compact call to the next.
    if wasCompact,
      let place = children.firstIndex(where: { $0.name == name && $0.collection == collection })
    {
      children[place] = child
    } else {
      children.append(child)
    }
  }

  /// Ends a compact method: its names are free again, and automatic names start anew unless the
  /// method was called by another compact one, as an overridden method is.
  func endCompact(isOutermost: Bool) {
    wasCompact = true
    scope = scope.rewound()
    guard isOutermost else { return }
    isInCompact = false
    cursor = []
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
    for child in children {
      guard let binding = child.module.flatMap(context.knownBinding(of:)),
        binding.scope.parent === old,
        let name = binding.scope.name
      else { continue }
      newScope.reserve(name)
      binding.scope = binding.scope.moved(to: newScope)
    }
  }
}
