/// A method of a bound module, from its beginning to its end.
struct RunningCall {
  let context: ModuleContext
  let binding: Binding
  private let isCompact: Bool
  private let wasCompact: Bool
  private let firstChild: Int

  init(_ context: ModuleContext, _ binding: Binding, isCompact: Bool) {
    if !binding.isSetUp { context.setUp(binding) }
    self.context = context
    self.binding = binding
    self.isCompact = isCompact
    wasCompact = binding.isInCompact
    firstChild = binding.children.count
    if isCompact { binding.isInCompact = true }
    if !binding.isEntered {
      binding.isEntered = true
      if !binding.info.isBuiltIn { binding.info.wasEntered.store(true, ordering: .relaxed) }
    }
    context.push(binding)
  }

  /// Whether somebody looks on: an interceptor, a filter of intermediates, a table.
  var isObserved: Bool {
    context.recorder != nil || context.capture.isOn || InterceptorStack.current != nil
  }

  func end(_ function: String) {
    if isCompact {
      checkEntered(function)
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
    let made = binding.children.dropFirst(firstChild)
    for child in made.dropLast() {
      guard let module = child.module, let place = context.knownBinding(of: module),
        !place.isEntered, !place.info.isBuiltIn, !place.info.wasEntered.load(ordering: .relaxed)
      else { continue }
      record(LinenError(.notEntered(module: place.info.name, method: methodName(function))))
    }
  }
}

/// The name of a method in Flax's terms: `__call__` for `callAsFunction(_:)`, `encode` for
/// `encode(_:)`.
func methodName(_ function: String) -> String {
  let name = function.prefix { $0 != "(" }
  return name == "callAsFunction" ? "__call__" : String(name)
}
