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
  /// The places of all modules in this call, in the order in which they got them.
  @exclusivity(unchecked) private(set) var bindings: [Binding] = []
  /// The places of the modules that were made outside of this call.
  private var guests: [ObjectIdentifier: Binding] = [:]
  /// The modules whose methods are running, innermost last; `bindings` owns them.
  @exclusivity(unchecked) private var frames: [Unmanaged<Binding>] = []
  /// The first binding whose module's properties may not have been looked into.
  private var firstPending = 0
  /// How many modules were made in this call and have no place yet.
  @exclusivity(unchecked) private var homeless = 0
  /// The classes met so far: a handful, found faster by a search than in a dictionary.
  @exclusivity(unchecked) private var classes: [ObjectIdentifier] = []
  @exclusivity(unchecked) private var infos: [ClassInfo] = []
  /// Modules of classes of which no method ever ran: their methods may not be wrapped.
  @exclusivity(unchecked) private(set) var suspects: [Binding] = []
  var hasSuspects: Bool { !suspects.isEmpty }
  /// What to keep of the methods' results.
  var capture: CaptureFilter = .none { didSet { updateObserving() } }
  /// Is told of every call of a method, to list the modules of a model.
  var recorder: CallRecorder? { didSet { updateObserving() } }
  private(set) var isObserving = false
  /// The name of the root module, by which error paths begin.
  private let rootName: String?
  /// Whether modules that are made now are left without a place, for a lifted module to hold.
  var makesDetached = false

  /// The number of methods that run around this context.
  private let outerDepth: Int
  /// Whether modules called each other until the limit was reached: no method begins any more, so that
  /// the call ends soon.
  private(set) var isExhausted = false

  /// The names of the running named calls, outermost first.
  var callNames: [String] = []

  /// The scope that this call has another one for, and the module that uses it.
  private var replaced: (scope: Scope, by: Binding)?

  private static let nextID = Atomic<UInt64>(0)

  /// Begins a call inside the running one, if there is one.
  convenience init() {
    let outer = ModuleContext.current
    self.init(inside: outer, rootName: nil)
    recorder = outer?.recorder
    updateObserving()
  }

  /// Begins the inside of a lifted transform, in which modules of `outer` get other scopes.
  convenience init(liftedFrom outer: ModuleContext?) {
    self.init(inside: outer, rootName: outer?.rootNameInMessages)
    recorder = outer?.recorder
    capture = outer?.capture ?? .none
    updateObserving()
  }

  // Initializers change the properties without the observers.
  private func updateObserving() { isObserving = capture.isOn || recorder != nil }

  private init(inside outer: ModuleContext?, rootName: String?) {
    self.outer = outer
    self.rootName = rootName
    callNames = outer?.callNames ?? []
    outerDepth = outer.map { $0.outerDepth + $0.frames.count } ?? 0
    isExhausted = outer?.isExhausted ?? false
    bindings.reserveCapacity(16)
    frames.reserveCapacity(8)
    classes.reserveCapacity(8)
  }

  /// Begins a part of a call in which a module has another scope.
  convenience init(replacing binding: Binding, with scope: Scope) {
    self.init(liftedFrom: ModuleContext.current)
    let inner = Binding(
      binding.module, scope, name: binding.name, parent: binding.parent, context: self,
      info: binding.info)
    inner.isInCompact = binding.isInCompact
    guests[ObjectIdentifier(binding.module)] = inner
    bindings.append(inner)
    replaced = (binding.scope, inner)
  }

  /// The innermost running call of this thread.
  static var current: ModuleContext? {
    guard let pointer = ContextSlot.modules.pointer else { return nil }
    return Unmanaged<ModuleContext>.fromOpaque(pointer).takeUnretainedValue()
  }

  /// The module whose method is running.
  var top: Binding? {
    if let frame = frames.last { return frame._withUnsafeGuaranteedRef { $0 } }
    return outer?.top
  }

  /// Whether no method of a module runs.
  var isIdle: Bool { frames.isEmpty }

  /// The running module as errors name it: `/Model/head Dense`.
  var errorPath: String? {
    guard let top else { return rootNameInMessages.map { "/\($0)" } }
    return ([top.errorPath] + callNames).joined(separator: ", ")
  }

  /// The module that a variable belongs to, as errors name it; the names lead from the root.
  func errorPath(ofVariable names: [String]) -> String? {
    let owners = bindings.filter { names.starts(with: $0.scope.path) }
    return owners.max { $0.scope.path.count < $1.scope.path.count }?.errorPath
  }

  /// The name of the root module, as error paths show it.
  var rootNameInMessages: String? { rootName ?? bindings.first?.info.name }

  func info(_ module: Module) -> ClassInfo {
    let type = ObjectIdentifier(type(of: module))
    for place in classes.indices where classes[place] == type { return infos[place] }
    let info = ClassInfo.of(module)
    classes.append(type)
    infos.append(info)
    return info
  }

  // MARK: Places of modules

  /// The place of a module in this call or one around it; nil if it has none.
  ///
  /// A module that sits in a property of another gets its place when it is first used.
  func binding(of module: Module) -> Binding? {
    if module.birthplace == id, let home = module.home { return home }
    if let binding = knownBinding(of: module) { return binding }
    return adoptFromProperties(module) ?? outer?.binding(of: module)
  }

  /// The place that a module has already, in this call or one around it.
  func knownBinding(of module: Module) -> Binding? {
    var context: ModuleContext? = self
    while let current = context {
      if !current.guests.isEmpty, let guest = current.guests[ObjectIdentifier(module)] {
        return followed(guest)
      }
      if module.birthplace == current.id, let home = module.home { return followed(home) }
      if current.replaced != nil {
        return current.outer?.knownBinding(of: module).map(current.moved)
      }
      context = current.outer
    }
    return nil
  }

  /// The place, in this call, of a module that has one in a call around it: inside of the transforms
  /// that run on its scope at present.
  private func followed(_ binding: Binding) -> Binding {
    let scope = binding.scope.lifted
    guard scope !== binding.scope else { return binding }
    // Its name is taken inside too; what setup makes is made anew there, under the same name.
    if let name = binding.name, let parent = scope.parent, parent.parent == nil {
      if !parent.isReserved(name) {
        parent.reserve(name)
        if binding.isFromSetup { parent.reusableNames.insert(name) }
      } else if !binding.isFromSetup {
        let module = binding.parent?.info.name ?? info(binding.module).name
        record(LinenError(.nameInUse(kind: "submodule", name: name, module: module)))
      }
    }
    let place = Binding(binding.module, scope, lifting: (binding, binding.state), context: self)
    bindLifted(place)
    return place
  }

  /// The place, in this call, of a module that has one outside of it: below the scope that is
  /// replaced, the one of the same names below the other.
  private func moved(_ binding: Binding) -> Binding {
    guard let replaced, binding.scope.isBelow(replaced.scope) else { return binding }
    var names: [String] = []
    var scope = binding.scope
    while scope !== replaced.scope, let name = scope.name, let parent = scope.parent {
      names.append(name)
      scope = parent
    }
    let inner = names.reversed().reduce(replaced.by.scope) { $0.push($1, reuse: true) }
    let place = Binding(
      binding.module, inner, name: binding.name, parent: replaced.by, context: self,
      info: binding.info)
    guests[ObjectIdentifier(binding.module)] = place
    bindings.append(place)
    return place
  }

  func children(of parent: Binding) -> [Binding] { bindings.filter { $0.parent === parent } }

  /// Gives the module of an `apply` the root scope.
  @discardableResult
  func bindRoot(_ module: Module, _ scope: Scope) -> Binding {
    let binding = Binding(
      module, scope, name: module.givenName, parent: nil, context: self, info: info(module))
    guests[ObjectIdentifier(module)] = binding
    bindings.append(binding)
    // Inside another call the modules in its properties may have places there already: as in Flax,
    // which clones the module with all that it holds, they get new ones here.
    if outer != nil { adoptFields(of: binding, anew: true) }
    return binding
  }

  /// Gives a module the place that it has inside a lifted transform.
  func bindLifted(_ binding: Binding) {
    guests[ObjectIdentifier(binding.module)] = binding
    bindings.append(binding)
  }

  /// Makes a module a submodule of another, under its own or an automatic name.
  func attach(_ module: Module, to parent: Binding, name: String?) {
    let info = info(module)
    let name = name ?? parent.automaticName(info)
    if !parent.hasAdopted { adoptFieldsNamed(name, parent) }
    let (scope, isFree) = parent.scope.pushTaking(name)
    if !isFree, !parent.isInSetup || parent.scope.reusableNames.remove(name) == nil {
      record(LinenError(.nameInUse(kind: "submodule", name: name, module: parent.info.name)))
    }
    let binding = Binding(module, scope, name: name, parent: parent, context: self, info: info)
    if module.birthplace == id {
      module.home = binding
      homeless -= 1
    } else {
      guests[ObjectIdentifier(module)] = binding
    }
    bindings.append(binding)
    if let collector = DiagnosticCollector.current { parent.noteSharedName(name, collector) }
    if info.isSuspect { suspects.append(binding) }
  }

  /// Makes a module that was just made a submodule of another.
  func attachNew(_ module: Module, to parent: Binding, name: String?) {
    homeless += 1
    attach(module, to: parent, name: name)
  }

  /// Takes in a module that was just made, and tells in which call it was.
  static func adopt(new module: Module, in context: ModuleContext, by parent: Binding?) {
    guard let parent else {
      context.homeless += 1
      return
    }
    parent.context.homeless += 1
    // Without a name it gets that of the property that setup assigns it to.
    if parent.isInSetup && module.givenName == nil { return }
    if !parent.mayDeclare {
      record(LinenError(.submoduleOutsideSetup(module: context.info(module).name)))
    }
    parent.context.attach(module, to: parent, name: module.givenName)
  }

  // MARK: Modules in properties

  /// Gives the modules in the properties of bound modules their places, in the order in which those
  /// were bound, until `module` has one.
  private func adoptFromProperties(_ module: Module) -> Binding? {
    // Flax does so at once, by which the first to hold a shared module names it. Looking only when
    // one is used spares the reflection, 2 us a module, where there are none.
    while firstPending < bindings.count {
      let owner = bindings[firstPending]
      firstPending += 1
      guard !owner.hasAdopted else { continue }
      adoptFields(of: owner)
      if let found = knownBinding(of: module) { return found }
    }
    return nil
  }

  /// Looks for modules in the properties of a module whose property the name could come from.
  func adoptFieldsNamed(_ name: String, _ owner: Binding) {
    guard !owner.isInSetup else { return }
    if owner.info.mayNameField(name) || owner.module.keepsAdoptedNames { adoptFields(of: owner) }
  }

  /// Makes the modules in the properties of a module its submodules, and so on down.
  ///
  /// `anew` also those that have a place in a call around this one.
  private func adoptFields(of owner: Binding, anew: Bool = false) {
    guard !owner.hasAdopted else { return }
    owner.hasAdopted = true
    for field in Fields.values(of: owner.module) {
      // As in Flax, what they hold comes before the next property.
      for binding in attachModules(in: field.value, field.label, owner, anew: anew) {
        adoptFields(of: binding, anew: anew)
      }
    }
  }

  /// Makes the modules in the value of a `Setup` property submodules named after it.
  func adopt<Value>(_ value: Value, _ name: String, _ owner: Binding) {
    let adopted = attachModules(in: value, name, owner)
    // Whatever else was made in setup and has no place may sit in the properties of these.
    if homeless > 0 { for binding in adopted { adoptFields(of: binding) } }
  }

  private func attachModules(
    in value: Any, _ label: String, _ owner: Binding, anew: Bool = false
  ) -> [Binding] {
    var adopted: [Binding] = []
    Fields.forEachModule(in: value) { suffix, module in
      let isKnown =
        anew ? guests[ObjectIdentifier(module)] != nil : knownBinding(of: module) != nil
      guard !isKnown else { return }
      // One made outside may sit in a property of a module that came before.
      if owner.isInSetup, module.birthplace != id, adoptFromProperties(module) != nil { return }
      let kept = owner.module.keepsAdoptedNames ? module.givenName : nil
      attach(module, to: owner, name: kept ?? (suffix.isEmpty ? label : label + suffix))
      if let binding = bindings.last { adopted.append(binding) }
    }
    return adopted
  }

  // MARK: Running methods

  /// So many methods inside each other are taken for a recursion without end; Python's limit stops Flax
  /// at about 245 modules.
  private static let mostNested = 300

  /// Whether a method of a module can begin; records an error the first time that none can.
  @inline(__always)
  func mayBegin(_ binding: Binding) -> Bool {
    if !isExhausted && outerDepth + frames.count < Self.mostNested { return true }
    exhaust(binding)
    return false
  }

  private func exhaust(_ binding: Binding) {
    guard !isExhausted else { return }
    // The innermost module that has begun inside another of its class.
    let running = frames.map { $0.takeUnretainedValue() }
    let last = running.last { inner in
      running.contains { $0 !== inner && type(of: $0.module) == type(of: inner.module) }
    }
    var error = LinenError(.recursion(module: (last ?? binding).info.name))
    error.path = (last ?? binding).errorPath
    record(error)
    var context: ModuleContext? = self
    while let current = context {
      current.isExhausted = true
      context = current.outer
    }
  }

  func push(_ binding: Binding) { frames.append(Unmanaged.passUnretained(binding)) }

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

  /// Forgets the modules that compact methods made: the next calls make new ones.
  ///
  /// For calls that go on, such as those of `bind`, which would gather them without end.
  func forgetTransient() {
    var kept: Set<ObjectIdentifier> = []
    var remaining: [Binding] = []
    for binding in bindings {
      let isKept =
        guests[ObjectIdentifier(binding.module)] === binding
        || (binding.isFromSetup
          && binding.parent.map { kept.contains(ObjectIdentifier($0)) } ?? false)
      if isKept {
        kept.insert(ObjectIdentifier(binding))
        remaining.append(binding)
      }
    }
    for binding in bindings where !kept.contains(ObjectIdentifier(binding)) {
      binding.module.home = nil
    }
    bindings = remaining
    suspects = []
    firstPending = 0
  }
}
