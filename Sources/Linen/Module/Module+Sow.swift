extension Module {
  /// Stores a value in a collection for the caller to look at; values of one name form a tuple.
  ///
  /// Returns whether it was stored: if the collection is not mutable, nothing happens.
  @discardableResult
  public final func sow<T: Sendable>(_ collection: String, _ name: String, _ value: T) -> Bool {
    sow(collection, name, value, initial: { Variables(tuple: []) }) { old, new in
      Variables(tuple: (old.elements ?? [old]) + [new])
    }
  }

  /// Stores a value in a collection, combined with what is there by `reduce`.
  ///
  /// The first value is combined with `initial()`. Returns whether it was stored.
  @discardableResult
  public final func sow<T: Sendable, A: Sendable>(
    _ collection: String, _ name: String, _ value: T, initial: () -> A, reduce: (A, T) -> A
  ) -> Bool {
    sow(collection, name, Variables(value: value), initial: { Variables(value: initial()) }) {
      old, new in
      guard let old = old.value(as: A.self) else {
        record(
          LinenError(
            .valueType(
              name: name, collection: collection, found: old.kindDescription,
              expected: "\(A.self)")))
        return old
      }
      return Variables(value: reduce(old, value))
    }
  }

  private func sow(
    _ collection: String, _ name: String, _ value: Variables, initial: () -> Variables,
    _ reduce: (Variables, Variables) -> Variables
  ) -> Bool {
    guard let binding = bound("store variables") else { return false }
    guard binding.scope.isMutableCollection(collection) else {
      DiagnosticCollector.current?.note(.sowDropped(collection: collection, name: name))
      return false
    }
    let stored = binding.scope.getVariable(collection, name)
    if stored == nil { binding.scope.reserve(name, collection: collection) }
    let values = reduce(stored ?? initial(), value)
    binding.scope.putVariable(collection, name, values)
    return true
  }

  private func sow<T: Sendable>(
    _ collection: String, _ name: String, _ value: T, initial: () -> Variables,
    _ reduce: (Variables, Variables) -> Variables
  ) -> Bool {
    sow(collection, name, Variables(value: value), initial: initial, reduce)
  }

  /// Adds a variable of zeros to a value, so that its gradient is that of the value.
  ///
  /// The variable is made where the collection is mutable; without the collection nothing happens.
  /// Records an error if the collection is there and the variable is not.
  public final func perturb(
    _ name: String, _ value: Tensor, collection: String = "perturbations"
  ) -> Tensor {
    guard let binding = bound("store variables") else { return value }
    let scope = binding.scope
    if scope.isMutableCollection(collection), !scope.hasVariable(collection, name) {
      scope.reserve(name, collection: collection)
      let zeros = Tensor.zeros(value.shape, dtype: value.dtype)
      scope.putVariable(collection, name, Variables(zeros))
    }
    guard scope.shared.entries(collection) != nil else { return value }
    guard let perturbation = scope.getVariable(collection, name)?.tensor else {
      record(
        LinenError(
          .perturbationMissing(
            name: name, collection: collection,
            present: scope.variables[collection].keys)))
      return value
    }
    return value + perturbation
  }
}
