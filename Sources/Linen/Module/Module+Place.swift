extension Module {
  /// The name: the one given, or in a running call the one it got there; nil for the root module.
  public final var name: String? {
    ModuleContext.current?.binding(of: self)?.name ?? givenName
  }

  /// The names from the root module to this one; empty for the root.
  ///
  /// Records an error if the module has no place in a running call.
  public final var path: [String] { bound("access module paths")?.scope.path ?? [] }

  /// The module of which this is a submodule; nil for the root, and outside of a call.
  public final var parent: Module? {
    ModuleContext.current?.binding(of: self)?.parent?.module
  }

  /// The place in the variables of the running call; nil outside of one.
  public final var scope: Scope? { ModuleContext.current?.binding(of: self)?.scope }

  /// Whether the module has variables: it is part of a running call.
  public final var isBound: Bool { ModuleContext.current?.binding(of: self) != nil }

  /// Records an error of a module that has no place; outside of every call the path is its name.
  final func recordUnbound(_ fact: LinenError.Fact) {
    var error = LinenError(fact)
    if ModuleContext.current == nil { error.path = "/\(ClassInfo.of(self).name)" }
    record(error)
  }
}
