/// Calls a function of a module and arguments, and gives its value and its vector-Jacobian product.
///
///     let (y, pullback) = vjp(dense, x) { dense, x in dense(x) }
///     let (gradients, xGradient) = pullback(ones(like: y))   // of two arguments: (gradients, (dx, dy))
///
/// The pullback gives cotangents of the variables in `vjpVariables`, as collections by name, and of
/// each argument. `variables` and `rngs` are the collections and streams that are passed on. Records
/// an error if the module's properties hold modules of other scopes. Mirrors `flax.linen.vjp`.
public func vjp<T: LiftTarget, each A: TensorTree, R: TensorTree>(
  _ target: T, _ arguments: repeat each A, vjpVariables: CollectionFilter = "params",
  variables: CollectionFilter = true, rngs: CollectionFilter = true,
  body: (T, repeat each A) -> R
) -> (value: R, pullback: Pullback<R, repeat each A>) {
  let (value, pullback, _) = vjp(
    target, repeat each arguments, vjpVariables: vjpVariables, variables: variables, rngs: rngs
  ) { (target: T, arguments: repeat each A) -> (R, EmptyTree) in
    (body(target, repeat each arguments), EmptyTree())
  }
  return (value, pullback)
}

/// Calls a function of a module and arguments that gives an auxiliary result besides, and gives its
/// value, its vector-Jacobian product, and the auxiliary result.
public func vjp<T: LiftTarget, each A: TensorTree, R: TensorTree, Aux: TensorTree>(
  _ target: T, _ arguments: repeat each A, vjpVariables: CollectionFilter = "params",
  variables: CollectionFilter = true, rngs: CollectionFilter = true,
  body: (T, repeat each A) -> (R, Aux)
) -> (value: R, pullback: Pullback<R, repeat each A>, aux: Aux) {
  let scopes = LiftedScopes(target)
  scopes.expectSingle("vjp")
  let pack = Pack(
    scopes, name: "vjp", in: [vjpVariables, variables], out: [variables], rngs: [rngs])
  let list = ArgumentList(repeat each arguments)
  let variables = pack.variables[0]
  let (output, closed) = closedVJP(treeLeaves(variables) + treeLeaves(list)) { leaves in
    var leaves = leaves[...]
    let variables = leaves.take(like: variables)
    let list = leaves.take(like: list)
    let (result, written) = pack.run([variables, pack.variables[1]], pack.rngs) { scopes in
      var scopes = scopes[...]
      let (value, aux) = body(target.moved(to: &scopes), repeat each list.values)
      return ArgumentList(value, aux)
    }
    return LiftOutput(result: result, variables: written)
  }
  pack.publish(output.variables)
  let (value, aux) = output.result.values
  let pullback = Pullback(
    closed: closed, value: treeMap(value) { Tensor($0.type) },
    variables: treeMap(variables.first ?? [:]) { Tensor($0.type) },
    arguments: treeMap(list) { Tensor($0.type) }, pack: pack)
  return (value, pullback, aux)
}

/// A vector-Jacobian product: from a cotangent of a result to those of variables and arguments.
///
/// A tree of the tensors that it needs, so that a custom rule can pass it from its forward to its
/// backward function.
public struct Pullback<Value: TensorTree, each Argument: TensorTree>: TensorTree {
  private var closed: ClosedPullback
  /// The structures of the value, the variables and the arguments, as types alone.
  private let value: Value
  private let variables: Variables
  private let arguments: ArgumentList<repeat each Argument>
  /// The place of the transform, for messages.
  private let path: String?

  init(
    closed: ClosedPullback, value: Value, variables: Variables,
    arguments: ArgumentList<repeat each Argument>, pack: Pack
  ) {
    self.closed = closed
    self.value = value
    self.variables = variables
    self.arguments = arguments
    path = pack.errorPath
  }

  /// Presents the tensors that the derivative needs.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) {
    closed.visitTensors(&visitor)
  }

  /// The cotangents of the variables, as collections by name, and of each argument.
  ///
  /// Records an error if the cotangent is not of the value's structure and types.
  public func callAsFunction(
    _ cotangent: Value
  ) -> (variables: Variables, arguments: (repeat each Argument)) {
    let (found, expected) = (
      LiftPart.parts("cotangent", cotangent), LiftPart.parts("cotangent", value)
    )
    if let (new, old) = LiftPart.differing(found, expected) {
      record(
        LiftError(
          "vjp", .cotangent(name: new.name, found: new.type, expected: old.type), path: path))
    }
    var leaves = closed(checkedLeaves("vjp", "cotangent", cotangent, like: value))[...]
    let ofVariables = leaves.take(like: variables)
    let ofArguments = leaves.take(like: arguments)
    return (ofVariables, ofArguments.values)
  }
}

extension LiftedScopes {
  /// Records an error if there is more than one scope, where results are given for a single one.
  func expectSingle(_ transform: String) {
    if scopes.count == 1 { return }
    record(
      LinenError(
        .other(
          "This transform does not yet support Modules that include other Modules passed as "
            + "arguments."),
        details: [
          "\(transform) of \(scopes.count) scopes: "
            + scopes.map(\.pathText).joined(separator: ", ")
        ]))
  }
}
