extension Scope {
  /// Notes a variable that is made outside of initialization, though its collection was given.
  func noteMissing(_ collection: String, _ name: String) {
    guard shared.notesUse, !shared.isInitializing, shared.variables.contains(collection) else {
      return
    }
    DiagnosticCollector.current?.note(.variableMissing(collection: collection, name: name))
  }

  /// Notes a tensor of another dtype than a new one would have.
  func noteDType(_ name: String, stored: Tensor, _ expected: DType) {
    DiagnosticCollector.current?.note(
      .dtypeChanged(name: name, stored: stored.dtype, expected: expected))
  }

  /// Makes a variable that is there a second time, to compare dtypes.
  ///
  /// Keys that `initial` draws do not count, and what else it does is not noted.
  func noteDTypes<T: Sendable>(_ collection: String, _ name: String, _ initial: () -> T) {
    guard let stored = getVariable(collection, name) else { return }
    let counts = counters.state
    defer { counters.state = counts }
    let new = ContextSlot.diagnostics.with(nil) {
      ContextSlot.errors.with(ErrorBoundary()) { Variables(value: initial()) }
    }
    for (old, new) in zip(treeLeaves(stored), treeLeaves(new)) where old.dtype != new.dtype {
      noteDType(name, stored: old, new.dtype)
    }
  }
}
