import Synchronization

/// A running `initialize`, `apply` or `bind`: which modules have which scopes, and which one runs.
///
/// It belongs to one thread, which finds it through its context slot; modules themselves hold
/// nothing that changes, so that any number of calls can use one module.
final class ModuleContext: ErrorLocation {
  /// Tells this call from all others; an address could be used again.
  let id = ModuleContext.nextID.add(1, ordering: .relaxed).newValue
  /// The call inside which this one was made.
  let outer: ModuleContext?
  /// The modules that were made outside of this call, with their places in it.
  private var guests: [ObjectIdentifier: (module: Module, binding: Binding)] = [:]
  /// The modules whose methods are running, innermost last.
  private(set) var frames: [Binding] = []
  /// Modules that may hold others in their properties, in the order in which they were bound.
  private var pending: [Module] = []
  private var firstPending = 0
  private var classes: [ObjectIdentifier: ClassInfo] = [:]
  /// What to keep of the methods' results.
  var capture: CaptureFilter = .none
  /// Is told of every call of a method, to list the modules of a model.
  var recorder: CallRecorder?
  private(set) var rootName = ""

  private static let nextID = Atomic<UInt64>(0)

  init() {
    outer = ModuleContext.current
    recorder = outer?.recorder
  }

  /// The innermost running call of this thread.
  static var current: ModuleContext? { ContextSlot.modules.object(as: ModuleContext.self) }

  /// The call that the innermost running method belongs to.
  var topContext: ModuleContext {
    if frames.isEmpty, let outer { outer.topContext } else { self }
  }

  /// The module whose method is running.
  var top: Binding? { frames.last ?? outer?.top }

  /// The running module as errors name it: `/Model/head Dense`.
  var errorPath: String? {
    guard let top else { return rootName.isEmpty ? nil : "/\(rootName)" }
    let names = [top.context.rootName] + top.scope.path
    let path = "/" + names.joined(separator: "/")
    return names.count == 1 ? path : "\(path) \(top.info.name)"
  }

  func info(_ module: Module) -> ClassInfo {
    let type = type(of: module)
    if let info = classes[ObjectIdentifier(type)] { return info }
    let info = ClassInfo.of(module)
    classes[ObjectIdentifier(type)] = info
    return info
  }

  // MARK: Places of modules

  /// The place of a module in this call or one around it; nil if it has none.
  ///
  /// A module that sits in a property of another gets its place when it is first used.
  func binding(of module: Module) -> Binding? {
    if let top = frames.last, top.module === module { return top }
    if let binding = knownBinding(of: module) { return binding }
    return adoptFromProperties(module) ?? outer?.binding(of: module)
  }

  /// The place that a module has already, in this call or one around it.
  func knownBinding(of module: Module) -> Binding? {
    var context: ModuleContext? = self
    while let current = context {
      if let guest = current.guests[ObjectIdentifier(module)] { return guest.binding }
      if let home = module.home, home.contextID == current.id { return home }
      context = current.outer
    }
    return nil
  }

  /// Gives the module of an `apply` the root scope.
  @discardableResult
  func bindRoot(_ module: Module, _ scope: Scope) -> Binding {
    let info = info(module)
    rootName = info.name
    let binding = Binding(
      module, scope, name: module.givenName, parent: nil, context: self, info: info)
    guests[ObjectIdentifier(module)] = (module, binding)
    if info.holdsModules { pending.append(module) }
    return binding
  }

  /// Makes a module a submodule of another, under its own or an automatic name.
  func attach(_ module: Module, to parent: Binding, name: String?) {
    let info = info(module)
    let name = name ?? parent.automaticName(info)
    adoptFieldsNamed(name, parent)
    if parent.scope.isReserved(name) {
      record(LinenError(.nameInUse(kind: "submodule", name: name, module: parent.info.name)))
    }
    let scope = parent.scope.pushReserving(name)
    let binding = Binding(
      module, scope, name: name, parent: parent, context: self, info: info)
    if module.birthplace == id {
      module.home = binding
    } else {
      guests[ObjectIdentifier(module)] = (module, binding)
    }
    parent.addChild(name, module: module)
    if info.holdsModules { pending.append(module) }
  }

  /// Takes in a module that was just made.
  func adoptNew(_ module: Module) {
    guard let parent = frames.last else { return }
    // Without a name it gets that of the property that setup assigns it to.
    if parent.isInSetup && module.givenName == nil { return }
    if !parent.mayDeclare {
      record(LinenError(.submoduleOutsideSetup(module: info(module).name)))
    }
    attach(module, to: parent, name: module.givenName)
  }

  // MARK: Modules in properties

  /// Gives the modules in the properties of bound modules their places, in the order in which those
  /// were bound, until `module` has one.
  private func adoptFromProperties(_ module: Module) -> Binding? {
    // Flax does so at once, by which the first to hold a shared module names it. Looking only when
    // one is used spares the reflection, 2 us a module, where there are none.
    while firstPending < pending.count {
      let holder = pending[firstPending]
      firstPending += 1
      guard let binding = knownBinding(of: holder) else { continue }
      adoptFields(of: binding)
      if let found = knownBinding(of: module) { return found }
    }
    return nil
  }

  /// Looks for modules in the properties of a module whose property the name could come from.
  func adoptFieldsNamed(_ name: String, _ owner: Binding) {
    guard !owner.hasAdopted, !owner.isInSetup else { return }
    let isField = owner.info.fieldLabels.contains { label in
      name == label || (name.hasPrefix(label) && name.dropFirst(label.count).first == "_")
    }
    if isField { adoptFields(of: owner) }
  }

  func adoptFields(of owner: Binding) {
    guard !owner.hasAdopted else { return }
    owner.hasAdopted = true
    for field in Fields.values(of: owner.module) { adopt(field.value, field.label, owner) }
  }

  /// Makes the modules in a value submodules of `owner`, named after the property that has it.
  func adopt(_ value: Any, _ label: String, _ owner: Binding) {
    var adopted: [Module] = []
    Fields.forEachModule(in: value) { suffix, module in
      guard knownBinding(of: module) == nil else { return }
      attach(module, to: owner, name: label + suffix)
      adopted.append(module)
    }
    // As in Flax, what they hold comes before the next property.
    for module in adopted { if let binding = knownBinding(of: module) { adoptFields(of: binding) } }
  }

  // MARK: Running methods

  func push(_ binding: Binding) { frames.append(binding) }

  func pop() { frames.removeLast() }

  /// Calls `setup` of a module, unless that was done.
  func setUp(_ binding: Binding) {
    guard !binding.isSetUp, !binding.isInSetup else { return }
    binding.isInSetup = true
    push(binding)
    binding.module.runSetup(binding)
    pop()
    binding.isInSetup = false
    binding.isSetUp = true
  }
}
