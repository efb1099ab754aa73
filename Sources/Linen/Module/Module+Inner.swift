extension Module {
  /// Runs `body` with this module, and all below it, seen through a scope that stands in for its own.
  ///
  /// `scope` comes from ``Scope/inner(_:mutable:rngs:)`` of this module's scope; its variables after
  /// `body` are what the module made or changed. Records an error if the module has no variables.
  package final func withInner<R, E: Error>(
    _ scope: Scope, _ body: () throws(E) -> R
  ) throws(E) -> R {
    guard let binding = bound("transform") else { return try body() }
    let context = ModuleContext(replacing: binding, with: scope)
    return try ContextSlot.modules.with(context, body)
  }
}
