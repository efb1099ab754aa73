extension Applicable where Self: Module {
  /// Makes the variables that a method needs without computing on its inputs.
  ///
  ///     let variables = try model.lazyInitialize(Key(0)) { $0(Tensor(ShapeDtype([1, 128]))) }
  ///
  /// Inputs that only matter by their types are given as such; others, from which variables are
  /// computed, by their values. Mirrors `flax.linen.Module.lazy_init`.
  /// - Throws: an error if the value of a variable depends on an input without a value; the first
  ///   error recorded in `body`, or what `body` throws.
  public func lazyInitialize<R>(
    _ rngs: some RNGConvertible, mutable: CollectionFilter = .deny("intermediates"),
    _ body: (Self) throws -> R
  ) throws -> Variables {
    try initialize(rngs, mutable: mutable) { module in
      let output = try body(module)
      // Now, while it is known which module is where.
      try module.variables.checkConcrete { ModuleContext.current?.errorPath(ofVariable: $0) }
      return output
    }
  }
}

extension Variables {
  /// Throws an error that names the first variable without a value, and the place of what has it, which
  /// `place` finds by the names from the root to the variable.
  func checkConcrete(_ place: (_ names: [String]) -> String?) throws {
    for (path, tensor) in treeLeavesWithPath(self) {
      guard case .tracer(let tracer) = tensor.storage, tracer.trace === AbstractTrace.shared else {
        continue
      }
      var error = LinenError(
        .lazyInitialization(type: "\(tensor.type)"), details: ["variable: \(path)"])
      error.path = place(Array(path.names.dropFirst()))
      throw error
    }
  }
}
