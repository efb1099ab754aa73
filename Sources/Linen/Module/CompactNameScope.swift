/// Stands for the methods of one name scope: what they make is below its name.
final class CompactNameScope: Module, @unchecked Sendable {
  init(of owner: Binding, name: String) {
    super.init(attachedTo: owner, as: name)
  }

  override class var holdsModules: Bool { false }
}

extension Module {
  /// Runs the body of a compact method whose submodules are below its name.
  ///
  ///     func up(_ x: Tensor) -> Tensor { compactNameScope { Dense(3)(x) } }   // up/Dense_0
  ///
  /// Mirrors `flax.linen.compact_name_scope`. Differs from Flax: it also works in submodules.
  public final func compactNameScope<R, E: Error>(
    function: String = #function, _ body: () throws(E) -> R
  ) throws(E) -> R {
    guard let binding = ModuleContext.current?.binding(of: self) else {
      record(
        LinenError(
          .other(
            "Cannot call compact_name_scope method '\(methodName(function))' on a Module that has "
              + "not been setup. This is likely because you are calling "
              + "'\(methodName(function))' from outside of init or apply.")))
      return try body()
    }
    return try binding.nameScope(methodName(function)).compact(function: "callAsFunction()", body)
  }
}
