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
    let variables = try initialize(rngs, mutable: mutable, body)
    try variables.checkConcrete()
    return variables
  }
}

extension Variables {
  /// Throws an error that names the first variable without a value.
  func checkConcrete() throws {
    for (path, tensor) in treeLeavesWithPath(self) {
      guard case .tracer(let tracer) = tensor.storage, tracer.trace === AbstractTrace.shared else {
        continue
      }
      throw LinenError(.lazyInitialization(type: "\(tensor.type)"), details: ["variable: \(path)"])
    }
  }
}
