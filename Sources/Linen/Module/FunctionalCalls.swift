/// Makes a function of keys and inputs that makes the variables which a function of a module needs.
///
///     let initialize = initializer(of: foo) { (foo: Foo, x: Tensor) in foo.decode(foo.encode(x)) }
///     let variables = try initialize(Key(0), x)
///
/// Mirrors `flax.linen.init`.
public func initializer<M: Module, each Input, R>(
  of module: M, mutable: CollectionFilter = .deny("intermediates"),
  captureIntermediates: CaptureFilter = false,
  _ function: @escaping (M, repeat each Input) throws -> R
) -> (any RNGConvertible, repeat each Input) throws -> Variables {
  let initialize = outputInitializer(
    of: module, mutable: mutable, captureIntermediates: captureIntermediates, function)
  return { (rngs: any RNGConvertible, inputs: repeat each Input) in
    try initialize(rngs, repeat each inputs).variables
  }
}

/// Makes a function of keys and inputs that gives what a function of a module gives, and the
/// variables which it needs.
///
/// Mirrors `flax.linen.init_with_output`.
public func outputInitializer<M: Module, each Input, R>(
  of module: M, mutable: CollectionFilter = .deny("intermediates"),
  captureIntermediates: CaptureFilter = false,
  _ function: @escaping (M, repeat each Input) throws -> R
) -> (any RNGConvertible, repeat each Input) throws -> (output: R, variables: Variables) {
  { (rngs: any RNGConvertible, inputs: repeat each Input) in
    try module.initializeWithOutput(
      rngs.rngs, mutable: mutable, captureIntermediates: captureIntermediates
    ) { try function($0, repeat each inputs) }
  }
}

/// Makes a function of variables and inputs that gives what a function of a module gives.
///
///     let run = applier(of: foo) { (foo: Foo, x: Tensor) in foo.decode(foo.encode(x)) }
///     let y = try run(variables, x)
///
/// Mirrors `flax.linen.apply`.
public func applier<M: Module, each Input, R>(
  of module: M, rngs: (any RNGConvertible)? = nil,
  _ function: @escaping (M, repeat each Input) throws -> R
) -> (Variables, repeat each Input) throws -> R {
  { (variables: Variables, inputs: repeat each Input) in
    try module.apply(variables, rngs: rngs) { try function($0, repeat each inputs) }
  }
}

/// Makes a function of variables and inputs that gives what a function of a module gives, and the
/// collections that are mutable.
///
/// Mirrors `flax.linen.apply` with `mutable`.
public func applier<M: Module, each Input, R>(
  of module: M, rngs: (any RNGConvertible)? = nil, mutable: CollectionFilter,
  captureIntermediates: CaptureFilter = false,
  _ function: @escaping (M, repeat each Input) throws -> R
) -> (Variables, repeat each Input) throws -> (output: R, variables: Variables) {
  { (variables: Variables, inputs: repeat each Input) in
    try module.apply(
      variables, rngs: rngs, mutable: mutable, captureIntermediates: captureIntermediates
    ) { try function($0, repeat each inputs) }
  }
}
