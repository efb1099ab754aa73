/// Makes two modules use one scope, so that one can extend the other without a level of its own.
///
/// `module` uses the scope of `other`; if that is below the scope of `module`, it is `other` that
/// uses the scope of `module`. Submodules made already move along. Call it in `setup`:
///
///     override func setup() { shareScope(self, base) }
///
/// Records an error if a module has no place in a running call. Mirrors `flax.linen.share_scope`.
public func shareScope(_ module: Module, _ other: Module) {
  guard let context = ModuleContext.current, let first = context.binding(of: module),
    let second = context.binding(of: other)
  else {
    module.recordUnbound(.shareScopeUnbound(module: ClassInfo.of(module).name))
    return
  }
  if second.scope.isBelow(first.scope) {
    second.moveToScope(first.scope)
  } else {
    first.moveToScope(second.scope)
  }
}

extension Scope {
  /// Whether `other` is this scope or one above it.
  func isBelow(_ other: Scope) -> Bool {
    var scope: Scope? = self
    while let current = scope {
      if current === other { return true }
      scope = current.parent
    }
    return false
  }
}
