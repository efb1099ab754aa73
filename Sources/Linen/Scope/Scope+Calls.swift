extension Scope {
  /// Makes a root scope for interactive use; it stays valid until it is invalidated.
  ///
  /// `path` is what the scope's path begins with. Records an error if a collection is not a
  /// dictionary, or if what is given for a stream is a batch of keys.
  public static func bind(
    _ variables: Variables, rngs: (any RNGConvertible)? = nil, mutable: CollectionFilter = false,
    flags: [String: Bool] = [:], path: [String] = []
  ) -> Scope {
    for (name, part) in variables where !part.isDictionary {
      record(LinenError(.variablesType(collection: name)))
    }
    return Scope(
      root: ScopeRoot(
        variables: variables.entries ?? Variables.Entries(), rngs: rngs?.rngs.streams ?? [],
        mutable: mutable, flags: flags, path: path))
  }

  /// Calls a function of a scope with variables, and gives its result and the mutable collections.
  ///
  /// - Throws: the first error recorded in `body`, or what it throws.
  public static func apply<R>(
    _ variables: Variables, rngs: (any RNGConvertible)? = nil, mutable: CollectionFilter = false,
    flags: [String: Bool] = [:], _ body: (Scope) throws -> R
  ) throws -> (output: R, variables: Variables) {
    try withErrors {
      // Given one level too deep, every variable would be missing.
      if variables["params"].contains("params") { throw LinenError(.extraParamsLayer) }
      let root = bind(variables, rngs: rngs, mutable: mutable, flags: flags)
      defer { root.shared.isValid = false }
      let output = try body(root)
      let updated = root.mutableVariables
      root.checkAsked(variables)
      root.shared.diagnose()
      return (output, updated)
    }
  }

  /// Calls a function of a scope that makes its variables, and gives its result and the variables.
  ///
  /// - Throws: the first error recorded in `body`, or what it throws.
  public static func initialize<R>(
    _ rngs: some RNGConvertible, mutable: CollectionFilter = true, flags: [String: Bool] = [:],
    _ body: (Scope) throws -> R
  ) throws -> (output: R, variables: Variables) {
    let flags = flags.merging(["initializing": true]) { _, new in new }
    return try apply([:], rngs: rngs, mutable: mutable, flags: flags, body)
  }

  /// Makes the variables of a function of a scope without computing on its inputs.
  ///
  ///     let variables = try Scope.lazyInitialize(Key(0)) { dense($0, Tensor(ShapeDtype([1, 128]))) }
  ///
  /// Mirrors `flax.core.lazy_init`.
  /// - Throws: an error if the value of a variable depends on an input without a value; the first
  ///   error recorded in `body`, or what `body` throws.
  public static func lazyInitialize<R>(
    _ rngs: some RNGConvertible, mutable: CollectionFilter = true, flags: [String: Bool] = [:],
    _ body: (Scope) throws -> R
  ) throws -> Variables {
    let variables = try initialize(rngs, mutable: mutable, flags: flags, body).variables
    try variables.checkConcrete { "/" + $0.dropLast().joined(separator: "/") }
    return variables
  }

  /// Collections that any model may be asked for: they are filled where modules have something.
  private static let usual: Set<String> = ["params", "intermediates", "perturbations"]

  /// Records an error for a mutable collection that neither is given nor has been asked for: its
  /// name is misspelt, and what should go there would be lost.
  private func checkAsked(_ given: Variables) {
    guard let names = shared.mutable.names, !shared.isInitializing else { return }
    let present = Set(given.keys).union(shared.asked)
    for name in names.sorted() where !present.contains(name) && !Scope.usual.contains(name) {
      record(LinenError(.collectionUnknown(collection: name, present: present.sorted())))
    }
  }
}
