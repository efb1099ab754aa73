extension Applicable where Self: Module {
  /// Calls a method with variables, and gives its result.
  ///
  ///     let y = try model.apply(variables) { $0(x) }
  ///     let z = try model.apply(variables, rngs: ["dropout": key]) { $0.encode(x) }
  ///
  /// `body` can call any method, or be any function of the module. `rngs` is one key, for the stream
  /// `params`, or keys by name.
  /// - Throws: the first error recorded in `body`, with the module's path, or what `body` throws.
  public func apply<R>(
    _ variables: Variables, rngs: (any RNGConvertible)? = nil, _ body: (Self) throws -> R
  ) throws -> R {
    try run(variables, rngs: rngs, mutable: false, capture: .none, flags: [:], body).output
  }

  /// Calls a method with variables, and gives its result and the collections that are mutable.
  ///
  ///     let (y, updates) = try model.apply(variables, mutable: ["batch_stats"]) { $0(x) }
  ///
  /// `mutable` chooses collections: `true`, a name, several names, or `.deny(...)`. With
  /// `captureIntermediates` the results of modules are kept in the collection `intermediates`: of
  /// every `callAsFunction`, or those that a filter `.matching { module, name in ... }` chooses.
  /// - Throws: the first error recorded in `body`, with the module's path, or what `body` throws.
  public func apply<R>(
    _ variables: Variables, rngs: (any RNGConvertible)? = nil, mutable: CollectionFilter = false,
    captureIntermediates: CaptureFilter = false, _ body: (Self) throws -> R
  ) throws -> (output: R, variables: Variables) {
    try run(
      variables, rngs: rngs, mutable: mutable, capture: captureIntermediates, flags: [:], body)
  }

  /// Calls a method to make the variables that it needs, and gives these.
  ///
  ///     let variables = try model.initialize(Key(0)) { $0(x) }
  ///
  /// `rngs` is one key, for the stream `params`, or keys by name. Intermediates are not kept, unless
  /// `mutable` says so.
  /// - Throws: the first error recorded in `body`, with the module's path, or what `body` throws.
  public func initialize<R>(
    _ rngs: some RNGConvertible, mutable: CollectionFilter = .deny("intermediates"),
    captureIntermediates: CaptureFilter = false, _ body: (Self) throws -> R
  ) throws -> Variables {
    try initializeWithOutput(
      rngs, mutable: mutable, captureIntermediates: captureIntermediates, body
    ).variables
  }

  /// Calls a method to make the variables that it needs, and gives its result and these.
  ///
  /// - Throws: the first error recorded in `body`, with the module's path, or what `body` throws.
  public func initializeWithOutput<R>(
    _ rngs: some RNGConvertible, mutable: CollectionFilter = .deny("intermediates"),
    captureIntermediates: CaptureFilter = false, _ body: (Self) throws -> R
  ) throws -> (output: R, variables: Variables) {
    try run(
      [:], rngs: rngs, mutable: mutable, capture: captureIntermediates,
      flags: ["initializing": true], body)
  }

  private func run<R>(
    _ variables: Variables, rngs: (any RNGConvertible)?, mutable: CollectionFilter,
    capture: CaptureFilter, flags: [String: Bool], _ body: (Self) throws -> R
  ) throws -> (output: R, variables: Variables) {
    let mutable = capture.isOn ? mutable.union("intermediates") : mutable
    do {
      return try Scope.apply(variables, rngs: rngs, mutable: mutable, flags: flags) { scope in
        let context = ModuleContext()
        context.capture = capture
        context.bindRoot(self, scope)
        return try ContextSlot.modules.with(context) { try body(self) }
      }
    } catch {
      throw withPath(error)
    }
  }

  /// An error with this module's path, if it has none: found before or after the call itself, as what
  /// is wrong with the variables as a whole.
  func withPath(_ error: any Error) -> any Error {
    guard var located = error as? any LocatedError, located.path == nil else { return error }
    located.path = ModuleContext.current?.errorPath ?? "/\(ClassInfo.of(self).name)"
    return located
  }
}
