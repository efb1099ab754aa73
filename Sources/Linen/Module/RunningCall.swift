/// A method of a bound module, from its beginning to its end.
struct RunningCall {
  // Both live until the call's end, with or without a count.
  unowned(unsafe) let context: ModuleContext
  unowned(unsafe) let binding: Binding
  let isCompact: Bool
  private let wasCompact: Bool

  init(_ context: ModuleContext, _ binding: Binding, isCompact: Bool, _ function: String) {
    if !binding.isSetUp { context.setUp(binding) }
    self.context = context
    self.binding = binding
    self.isCompact = isCompact
    wasCompact = binding.isInCompact
    if isCompact {
      binding.isInCompact = true
      if !wasCompact { binding.method = function }
    }
    if !binding.isEntered {
      binding.isEntered = true
      binding.info.noteEntered()
    }
    context.push(binding)
  }

  /// Whether somebody looks on: an interceptor, a filter of intermediates, a table.
  var isObserved: Bool {
    context.isObserving || ContextSlot.interceptors.pointer != nil
  }

  func end(_ function: String) {
    let context = context
    if isCompact {
      if context.hasSuspects { checkEntered(function) }
      binding.endCompact(isOutermost: !wasCompact)
    }
    context.pop()
  }

  /// Records an error for a submodule whose methods are not wrapped, so that what they make became
  /// part of this module.
  ///
  /// The signs are a submodule that never ran although others were made after it, of a class of
  /// which no method ever ran; a module that is only made, and perhaps not used, shows the last
  /// sign only until its class is used for the first time.
  private func checkEntered(_ function: String) {
    let context = binding.context
    let last = context.bindings.last { $0.parent === binding }
    for suspect in context.suspects where suspect.parent === binding && suspect !== last {
      if suspect.isEntered || !suspect.info.isSuspect { continue }
      record(LinenError(.notEntered(module: suspect.info.name, method: methodName(function))))
    }
  }
}

/// The name of a method in Flax's terms: `__call__` for `callAsFunction(_:)`, `encode` for
/// `encode(_:)`.
func methodName(_ function: String) -> String {
  let name = function.prefix { $0 != "(" }
  return name == "callAsFunction" ? "__call__" : String(name)
}
