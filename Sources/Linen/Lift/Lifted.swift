/// A module whose calls run inside a lifted transform.
///
/// Made by the transforms, such as ``vmap(variableAxes:splitRNGs:inAxes:outAxes:axisSize:axisName:metadataParams:name:_:)``.
/// It is called as the module is, if that is a ``UnaryLayer``; else, and for other methods, with a
/// function of the module:
///
///     let layers = vmap(variableAxes: ["params": 0], splitRNGs: ["params": true]) { Dense(3) }
///     let y = layers(x)
///     let z = layers(x) { dense, x in relu(dense(x)) }
///
/// The module's variables are where the lifted module is: `VmapDense_0/kernel`. Its configuration can
/// be read as that of the module itself: `layers.features`.
@dynamicMemberLookup
public final class Lifted<M: Module, Transform: ModuleLift>: Module, @unchecked Sendable {
  /// The module that runs inside the transform; it has no place outside.
  public let module: M
  /// The transform.
  public let transform: Transform
  private let fingerprint = LazyFingerprint()

  /// Makes a lifted module of the one that `make` makes, whose name it takes unless one is given.
  public init(_ transform: Transform, name: String? = nil, _ make: () -> M) {
    self.transform = transform
    module = withoutPlace(make)
    super.init(name: name ?? module.givenName)
  }

  /// The transform's prefix and the module's name: `VmapDense`.
  public override class var linenName: String { Transform.prefix + M.linenName }

  // The module is no submodule: it has the lifted module's scope.
  package override class var holdsModules: Bool { false }

  /// A property of the module.
  public subscript<Value>(dynamicMember member: KeyPath<M, Value>) -> Value {
    module[keyPath: member]
  }

  /// Runs a function of the module outside of the transform, with the same variables.
  ///
  /// For methods that need no transform, such as making the first carry of a cell.
  public func unlifted<R>(_ body: (M) -> R) -> R {
    guard let scopes = liftedScopes else { return body(module) }
    return scopes.enter(scopes.scopes) { _ in body(module) }
  }

  /// The scopes of the module inside; records an error and gives nil if this one has no place.
  var liftedScopes: LiftedScopes? {
    bound("call lifted modules").map { LiftedScopes(of: $0, for: module, fingerprint) }
  }
}

/// What `make` makes, without a place in the running call.
func withoutPlace<M>(_ make: () -> M) -> M {
  guard let context = ModuleContext.current, !context.makesDetached else { return make() }
  context.makesDetached = true
  defer { context.makesDetached = false }
  return make()
}

extension Lifted where Transform: CallLift {
  /// Runs a function of the module and of arguments inside the transform, or inside another one of
  /// its kind.
  public func callAsFunction<each A: TensorTree, R: TensorTree>(
    _ arguments: repeat each A, by other: Transform? = nil, body: (M, repeat each A) -> R
  ) -> R {
    guard let scopes = liftedScopes else { return body(module, repeat each arguments) }
    let transform = other ?? transform
    return transform.apply(scopes, ArgumentList(repeat each arguments)) { _, list in
      let result = body(module, repeat each list.values)
      return result
    }
  }

  /// Runs a function that gives two results inside the transform, or inside another one.
  public func callAsFunction<each A: TensorTree, R: TensorTree, S: TensorTree>(
    _ arguments: repeat each A, by other: Transform? = nil, body: (M, repeat each A) -> (R, S)
  ) -> (R, S) {
    guard let scopes = liftedScopes else { return body(module, repeat each arguments) }
    let transform = other ?? transform
    return transform.apply(scopes, ArgumentList(repeat each arguments)) { _, list in
      let (r, s) = body(module, repeat each list.values)
      return ArgumentList(r, s)
    }.values
  }

  /// Runs a function that gives three results inside the transform, or inside another one.
  public func callAsFunction<
    each A: TensorTree, R: TensorTree, S: TensorTree, U: TensorTree
  >(
    _ arguments: repeat each A, by other: Transform? = nil, body: (M, repeat each A) -> (R, S, U)
  ) -> (R, S, U) {
    guard let scopes = liftedScopes else { return body(module, repeat each arguments) }
    let transform = other ?? transform
    return transform.apply(scopes, ArgumentList(repeat each arguments)) { _, list in
      let (r, s, u) = body(module, repeat each list.values)
      return ArgumentList(r, s, u)
    }.values
  }
}

extension Lifted: UnaryLayer where M: UnaryLayer, Transform: LayerLift {
  /// Applies the layer inside the transform.
  public func callAsFunction(_ inputs: Tensor) -> Tensor {
    guard let scopes = liftedScopes else { return module(inputs) }
    return transform.applyLayer(scopes, inputs) { _, inputs in module(inputs) }
  }
}
