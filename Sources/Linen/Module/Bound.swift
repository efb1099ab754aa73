/// A module together with variables, for interactive use.
///
///     let model = autoencoder.bind(variables)
///     let z = try model { $0.encode(x) }
///     let w = try model.decoder { $0(z) }
///     let (decoder, decoderVariables) = try model.decoder.unbind()
///
/// Its state goes on from call to call: streams go on counting, and mutable variables keep what was
/// written, to be read as `variables`. It belongs to one thread. Prefer `apply` in programs.
@dynamicMemberLookup
public final class Bound<M: Module> {
  private let context: ModuleContext
  private let scope: Scope
  private let resolve: () -> M

  init(_ context: ModuleContext, _ scope: Scope, _ resolve: @escaping () -> M) {
    self.context = context
    self.scope = scope
    self.resolve = resolve
  }

  /// A submodule with its variables.
  public subscript<N: Module>(dynamicMember member: KeyPath<M, N>) -> Bound<N> {
    let resolve = resolve
    return Bound<N>(context, scope) { resolve()[keyPath: member] }
  }

  /// Calls a method, or any function of the module.
  ///
  /// - Throws: the first error recorded in `body`, with the module's path, or what `body` throws.
  public func callAsFunction<R>(_ body: (M) throws -> R) throws -> R {
    try withErrors {
      defer { context.forgetTransient() }
      return try ContextSlot.modules.with(context) { try body(resolve()) }
    }
  }

  /// The variables of this module and those below it, as they are now.
  ///
  /// - Throws: the first error that `setup` records.
  public var variables: Variables {
    get throws { try self { $0.variables } }
  }

  /// The module alone and its variables alone, to be used by themselves.
  ///
  /// - Throws: the first error that `setup` records.
  public func unbind() throws -> (module: M, variables: Variables) {
    try self { ($0, $0.variables) }
  }
}

extension Applicable where Self: Module {
  /// Gives the module a scope: its variables are those of the scope, and below it.
  ///
  ///     let (y, variables) = try Scope.initialize(Key(0)) { scope in
  ///       try Dense(3).bind(to: scope.push("dense")).callAsFunction { $0(x) }
  ///     }
  ///
  /// For programs on bare scopes. Mirrors `Module(parent=scope)`.
  public func bind(to scope: Scope) -> Bound<Self> {
    let context = ModuleContext()
    context.bindRoot(self, scope)
    return Bound(context, scope) { self }
  }

  /// Puts the module together with variables, for interactive use.
  ///
  /// Records an error if the variables or a collection are not a dictionary, or if what is given for a
  /// stream is a batch of keys.
  public func bind(
    _ variables: Variables, rngs: (any RNGConvertible)? = nil, mutable: CollectionFilter = false
  ) -> Bound<Self> {
    do {
      return bind(
        to: try withErrors { Scope.bind(variables, rngs: rngs, mutable: mutable) })
    } catch {
      record(withPath(error))
      return bind(to: Scope.bind([:], mutable: mutable))
    }
  }
}
