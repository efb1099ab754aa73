/// Calls a scalar function of a module and arguments, and gives its value and the gradient of each
/// argument.
///
/// Variables have no gradient here; see ``vjp(_:_:vjpVariables:variables:rngs:body:)``. Records an
/// error if the value is no scalar. Mirrors `flax.linen.value_and_grad`.
public func valueAndGrad<T: LiftTarget, each A: TensorTree>(
  _ target: T, _ arguments: repeat each A, variables: CollectionFilter = true,
  rngs: CollectionFilter = true, body: (T, repeat each A) -> Tensor
) -> (value: Tensor, gradient: (repeat each A)) {
  let (value, _, gradient) = valueAndGrad(
    target, repeat each arguments, variables: variables, rngs: rngs
  ) { (target: T, arguments: repeat each A) -> (Tensor, EmptyTree) in
    (body(target, repeat each arguments), EmptyTree())
  }
  return (value, gradient)
}

/// Calls a function of a module and arguments that gives a scalar and an auxiliary result, and gives
/// these and the gradient of each argument.
public func valueAndGrad<T: LiftTarget, each A: TensorTree, Aux: TensorTree>(
  _ target: T, _ arguments: repeat each A, variables: CollectionFilter = true,
  rngs: CollectionFilter = true, body: (T, repeat each A) -> (Tensor, Aux)
) -> (value: Tensor, aux: Aux, gradient: (repeat each A)) {
  let pack = Pack(
    LiftedScopes(target), name: "value_and_grad", in: [variables], out: [variables], rngs: [rngs])
  let list = ArgumentList(repeat each arguments)
  let (output, pullback) = closedVJP(treeLeaves(list)) { leaves in
    var leaves = leaves[...]
    let list = leaves.take(like: list)
    let (result, written) = pack.run(pack.variables, pack.rngs) { scopes in
      var scopes = scopes[...]
      let (value, aux) = body(target.moved(to: &scopes), repeat each list.values)
      return ArgumentList(value, aux)
    }
    return LiftOutput(result: result, variables: written)
  }
  pack.publish(output.variables)
  let (value, aux) = output.result.values
  if value.rank > 0 {
    record(pack.error(.valueNotScalar(shape: value.shape)))
  }
  var leaves = pullback([ones(like: value)])[...]
  return (value, aux, leaves.take(like: list).values)
}

/// Calls a scalar function of a module and arguments, and gives the gradient of each argument.
///
/// Mirrors `flax.linen.grad`.
public func grad<T: LiftTarget, each A: TensorTree>(
  _ target: T, _ arguments: repeat each A, variables: CollectionFilter = true,
  rngs: CollectionFilter = true, body: (T, repeat each A) -> Tensor
) -> (repeat each A) {
  valueAndGrad(
    target, repeat each arguments, variables: variables, rngs: rngs, body: body
  ).gradient
}

/// Calls a function of a module and arguments that gives a scalar and an auxiliary result, and gives
/// the gradient of each argument and the auxiliary result.
public func grad<T: LiftTarget, each A: TensorTree, Aux: TensorTree>(
  _ target: T, _ arguments: repeat each A, variables: CollectionFilter = true,
  rngs: CollectionFilter = true, body: (T, repeat each A) -> (Tensor, Aux)
) -> (gradient: (repeat each A), aux: Aux) {
  let (_, aux, gradient) = valueAndGrad(
    target, repeat each arguments, variables: variables, rngs: rngs, body: body)
  return (gradient, aux)
}
