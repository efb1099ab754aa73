/// What a lifted transform works on: a module, a scope, or several scopes.
///
/// A module takes part with its own scope and with those of the modules and variables in its
/// properties.
public protocol LiftTarget {}

extension Module: LiftTarget {}
extension Scope: LiftTarget {}
extension Array: LiftTarget where Element: LiftTarget {}

/// The scopes of what a lifted transform works on, and how to work on others in their place.
///
/// Scopes below others are part of these; only the topmost are taken apart.
public final class LiftedScopes {
  /// The topmost scopes, each once.
  let scopes: [Scope]
  /// Where the scopes that were asked for are: the number of a topmost one and the names below it.
  let places: [(top: Int, names: [String])]
  let modules: [LiftedModule]
  /// The number of the topmost scope that is the one of the module that the transform is for; nil if
  /// there is none.
  let owner: Int?
  let fingerprint: LazyFingerprint
  private let context = ModuleContext.current

  /// A module that is elsewhere inside the transform.
  struct LiftedModule {
    let module: Module
    /// Its place outside, and what it was doing; nil for one that only has a place inside.
    let outer: (binding: Binding, state: Binding.State)?
    let scope: Scope
    /// Whether it is the one that the transform is for, whose method goes on inside.
    let isRunning: Bool
    /// Whether it was made outside of every call, and so may be used by many.
    let isLasting: Bool
  }

  /// The scopes of a target, and those of modules that a closure uses besides.
  ///
  /// Records an error if a module has no place in the running call.
  convenience init(_ target: some LiftTarget, including others: [Module] = []) {
    var modules: [LiftedModule] = []
    var scopes: [Scope] = []
    LiftedScopes.collect(target, &modules, &scopes)
    for module in others { LiftedScopes.collect(module, isRunning: false, &modules) }
    scopes += modules.flatMap { LiftedScopes.scopesOfVariables(in: $0.module) }
    self.init(scopes: scopes, modules: modules, LazyFingerprint())
  }

  /// The scope of a lifted module, for the module that it wraps.
  convenience init(of owner: Binding, for module: Module, _ fingerprint: LazyFingerprint) {
    var modules = [
      LiftedModule(
        module: module, outer: nil, scope: owner.scope, isRunning: false,
        isLasting: owner.module.birthplace == 0)
    ]
    LiftedScopes.collectFields(of: module, &modules)
    let scopes = modules.flatMap { LiftedScopes.scopesOfVariables(in: $0.module) }
    self.init(scopes: scopes, modules: modules, fingerprint)
  }

  private init(
    scopes wanted: [Scope], modules: [LiftedModule], _ fingerprint: LazyFingerprint
  ) {
    self.modules = modules
    self.fingerprint = fingerprint
    let wanted = wanted + modules.map(\.scope)
    let paths = wanted.map(\.path)
    var scopes: [Scope] = []
    var tops: [[String]] = []
    places = wanted.indices.map { index in
      // The highest of those asked for that this one is below, or equal to.
      let top =
        wanted.indices.filter {
          wanted[$0].shared === wanted[index].shared && paths[index].starts(with: paths[$0])
        }.min { paths[$0].count < paths[$1].count } ?? index
      let names = Array(paths[index].dropFirst(paths[top].count))
      if let known = scopes.indices.first(where: {
        scopes[$0].shared === wanted[top].shared && tops[$0] == paths[top]
      }) {
        return (known, names)
      }
      scopes.append(wanted[top])
      tops.append(paths[top])
      return (scopes.count - 1, names)
    }
    self.scopes = scopes
    let first = places.count - modules.count
    owner =
      modules.first.map { $0.outer == nil || $0.isRunning } == true && places[first].names.isEmpty
      ? places[first].top : nil
  }

  private static func collect(
    _ target: some LiftTarget, _ modules: inout [LiftedModule], _ scopes: inout [Scope]
  ) {
    if let module = target as? Module {
      collect(module, isRunning: true, &modules)
    } else if let scope = target as? Scope {
      scopes.append(scope)
    } else if let list = target as? [any LiftTarget] {
      for target in list { collect(target, &modules, &scopes) }
    } else {
      record(LinenError(.transformTarget(target: "\(target)")))
    }
  }

  private static func collect(
    _ module: Module, isRunning: Bool, _ modules: inout [LiftedModule]
  ) {
    guard !modules.contains(where: { $0.module === module }) else { return }
    guard let binding = module.bound("use lifted transforms") else { return }
    modules.append(
      LiftedModule(
        module: module, outer: (binding, binding.state), scope: binding.scope, isRunning: isRunning,
        isLasting: module.birthplace == 0))
    collectFields(of: module, &modules)
  }

  /// Adds the modules in properties, and in the properties of these, that have a place outside.
  private static func collectFields(of module: Module, _ modules: inout [LiftedModule]) {
    guard let context = ModuleContext.current, context.info(module).holdsModules else { return }
    for field in Fields.values(of: module) {
      Fields.forEachModule(in: field.value) { _, part in
        if let binding = context.binding(of: part) {
          guard !modules.contains(where: { $0.module === part }) else { return }
          modules.append(
            LiftedModule(
              module: part, outer: (binding, binding.state), scope: binding.scope, isRunning: false,
              isLasting: part.birthplace == 0))
        }
        collectFields(of: part, &modules)
      }
    }
  }

  /// The scopes of the variables in the properties of a module.
  private static func scopesOfVariables(in module: Module) -> [Scope] {
    guard ModuleContext.current?.info(module).holdsModules == true else { return [] }
    return Fields.values(of: module).compactMap { ($0.value as? any VariableReference)?.place }
  }

  /// The same inside of a transform: for another one around the same function.
  func inside(_ scopes: [Scope]) -> LiftedScopes {
    let modules = modules.map { lifted in
      let binding = ModuleContext.current?.knownBinding(of: lifted.module)
      return LiftedModule(
        module: lifted.module,
        outer: lifted.outer == nil ? nil : binding.map { ($0, $0.state) },
        scope: binding?.scope ?? lifted.scope, isRunning: lifted.isRunning,
        isLasting: lifted.isLasting)
    }
    return LiftedScopes(scopes: scopes, modules: modules, fingerprint)
  }

  // MARK: Working on other scopes

  /// Calls `body` with scopes in the place of those asked for; `tops` stand for the topmost.
  func enter<R>(_ tops: [Scope], _ body: ([Scope]) -> R) -> R {
    let inner = places.map { place in
      place.names.reduce(tops[place.top]) { scope, name in
        scope.reusableNames.insert(name)
        return scope.push(name, reuse: true)
      }
    }
    let targets = Array(inner.dropLast(modules.count))
    guard !modules.isEmpty else { return body(targets) }
    let context = ModuleContext(liftedFrom: context)
    let bindings = zip(modules, inner.suffix(modules.count)).map { module, scope in
      Binding(module.module, scope, lifting: module.outer, context: context)
    }
    for binding in bindings { context.bindLifted(binding) }
    if let running = zip(modules, bindings).first(where: { $0.0.isRunning }) {
      context.push(running.1)
    }
    defer {
      for (module, binding) in zip(modules, bindings) {
        module.outer?.binding.resume(after: binding)
      }
    }
    return ContextSlot.modules.with(context) { body(targets) }
  }
}

extension LiftTarget {
  /// What a function of this target gets inside a transform: the same module, or other scopes.
  func moved(to scopes: inout ArraySlice<Scope>) -> Self {
    if self is Scope { return scopes.popFirst() as? Self ?? self }
    if let list = self as? [any LiftTarget] {
      return list.map { $0.moved(to: &scopes) } as? Self ?? self
    }
    return self
  }
}
