/// A lifted transform of modules: what ``Lifted`` does with the calls of the module it holds.
public protocol ModuleLift: Sendable {
  /// What stands before the class in the names of lifted modules: `Vmap` in `VmapDense_0`.
  static var prefix: String { get }
}

/// A lifted transform by which a layer of one tensor stays one, so that it can be part of a
/// ``Sequential`` or of another lift.
public protocol LayerLift: ModuleLift {
  /// Runs a layer inside the transform: on scopes in the place of those of the target.
  func applyLayer(
    _ target: LiftedScopes, _ inputs: Tensor, _ body: ([Scope], Tensor) -> Tensor
  ) -> Tensor
}

/// A lifted transform of a function from any arguments to any result.
///
/// Called with a module or scope, arguments and a function, it runs the function inside the
/// transform:
///
///     vmap(variableAxes: ["params": 0], splitRNGs: ["params": true])(self, x) { module, x in
///       module.dense(x)
///     }
///
/// The function gets the module, whose variables are those of the inside, or other scopes. Modules
/// that it uses besides are what they are outside, as constants; `including` brings them in.
public protocol CallLift: LayerLift {
  /// Runs `body` inside the transform: on scopes in the place of those of the target, and arguments
  /// in the place of these.
  func apply<A: TensorTree, R: TensorTree>(
    _ target: LiftedScopes, _ arguments: A, _ body: ([Scope], A) -> R
  ) -> R
}

extension CallLift {
  /// Runs a layer inside the transform, as any other function.
  public func applyLayer(
    _ target: LiftedScopes, _ inputs: Tensor, _ body: ([Scope], Tensor) -> Tensor
  ) -> Tensor {
    apply(target, ArgumentList(inputs)) { scopes, list in body(scopes, treeLeaves(list)[0]) }
  }

  /// Runs a function of a module or scope, and of arguments, inside the transform.
  public func callAsFunction<T: LiftTarget, each A: TensorTree, R: TensorTree>(
    _ target: T, _ arguments: repeat each A, including others: [Module] = [],
    body: (T, repeat each A) -> R
  ) -> R {
    apply(LiftedScopes(target, including: others), ArgumentList(repeat each arguments)) {
      scopes, list in
      var scopes = scopes[...]
      return body(target.moved(to: &scopes), repeat each list.values)
    }
  }

  /// Runs a function that gives two results inside the transform.
  public func callAsFunction<T: LiftTarget, each A: TensorTree, R: TensorTree, S: TensorTree>(
    _ target: T, _ arguments: repeat each A, including others: [Module] = [],
    body: (T, repeat each A) -> (R, S)
  ) -> (R, S) {
    apply(LiftedScopes(target, including: others), ArgumentList(repeat each arguments)) {
      scopes, list in
      var scopes = scopes[...]
      let (r, s) = body(target.moved(to: &scopes), repeat each list.values)
      return ArgumentList(r, s)
    }.values
  }

  /// Runs a function that gives three results inside the transform.
  public func callAsFunction<
    T: LiftTarget, each A: TensorTree, R: TensorTree, S: TensorTree, U: TensorTree
  >(
    _ target: T, _ arguments: repeat each A, including others: [Module] = [],
    body: (T, repeat each A) -> (R, S, U)
  ) -> (R, S, U) {
    apply(LiftedScopes(target, including: others), ArgumentList(repeat each arguments)) {
      scopes, list in
      var scopes = scopes[...]
      let (r, s, u) = body(target.moved(to: &scopes), repeat each list.values)
      return ArgumentList(r, s, u)
    }.values
  }
}
