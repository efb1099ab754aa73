// The gradient transforms mirror jax.grad and jax.value_and_grad. Where JAX takes `argnums`, the
// first argument is differentiated; with arguments of one type, `argnums` names others. Where JAX
// takes `has_aux`, the function returns a pair.
//
// The gradient of a real function of complex numbers x + iy is df/dx - i df/dy, as in JAX: a step of
// gradient descent goes along its conjugate.

/// The value and gradient of a scalar function of a list of tensors.
private func valueAndGradient<Aux>(
  _ name: String, _ inputs: [(path: TreePath, leaf: Tensor)], holomorphic: Bool,
  _ function: ([Tensor]) throws -> (Tensor, Aux), auxiliary: (Aux, (Tensor) -> Tensor) -> Aux
) throws -> (value: Tensor, aux: Aux, gradient: [Tensor]) {
  try withErrors {
    for (path, leaf) in inputs
    where holomorphic ? !leaf.dtype.isComplex : !leaf.dtype.isInexact {
      let expected = holomorphic ? "a complex type" : "a floating-point type"
      record(
        TensorError(
          name, .dtypeUnsupported(dtype: leaf.dtype, expected: expected),
          [.init("argument\(path)", leaf.type)],
          hint: leaf.dtype.isInexact
            ? "leave out `holomorphic`, or cast the argument"
            : "integers have no gradient; pass them as another argument or capture them"))
    }
    var aux: Aux?
    let linearization = try Linearization(name: name, inputs.map(\.leaf)) { inputs in
      let (value, extra) = try function(inputs)
      aux = extra
      return value
    }
    let value = linearization.value
    let hasType = holomorphic ? value.dtype.isComplex : value.dtype.isFloatingPoint
    if !value.shape.dimensions.isEmpty || !hasType {
      let expected = holomorphic ? "complex" : "floating-point"
      var hint = value.rank > 0 ? "reduce it with sum or mean, or use vjp or jacrev" : nil
      if value.rank == 0, value.dtype.isComplex {
        hint = "pass `holomorphic: true` if the function is holomorphic, else use vjp"
      }
      record(
        TensorError(
          name, .other("the function must return a \(expected) scalar"),
          [.init("result", value.type)], hint: hint))
    }
    let gradient = linearization.pullback([ones(like: value)])
    guard let aux else { throw TensorError(name, .other("the function was not called")) }
    return (value, auxiliary(aux, linearization.primal), gradient)
  }
}

/// Gives the function that computes the value of `function` and its gradient.
///
/// The gradient has the structure and types of the argument, whose tensors must be floating-point
/// or complex; the result is real.
/// With `holomorphic`, argument and result are complex and the gradient is the complex derivative.
/// Mirrors `jax.value_and_grad`.
public func valueAndGrad<T: TensorTree>(
  holomorphic: Bool = false, _ function: @escaping (T) throws -> Tensor
) -> (T) throws -> (value: Tensor, gradient: T) {
  { argument in
    let result = try valueAndGradient(
      "grad", treeLeavesWithPath(argument), holomorphic: holomorphic,
      { (try function(treeReplacingLeaves(argument, $0)), ()) }, auxiliary: { aux, _ in aux })
    return (result.value, treeReplacingLeaves(argument, result.gradient))
  }
}

/// Gives the function that computes value, auxiliary result and gradient of `function`.
///
/// Mirrors `jax.value_and_grad` with `has_aux`: `function` returns the scalar and anything else.
public func valueAndGrad<T: TensorTree, Aux: TensorTree>(
  _ function: @escaping (T) throws -> (Tensor, Aux)
) -> (T) throws -> (value: Tensor, aux: Aux, gradient: T) {
  { argument in
    let result = try valueAndGradient(
      "grad", treeLeavesWithPath(argument), holomorphic: false,
      { try function(treeReplacingLeaves(argument, $0)) }, auxiliary: treeMap)
    return (result.value, result.aux, treeReplacingLeaves(argument, result.gradient))
  }
}

/// Computes the value of `function` at `argument` and its gradient there.
/// - Throws: the first error recorded in `function`, or what it throws.
public func valueAndGrad<T: TensorTree>(
  _ argument: T, holomorphic: Bool = false, _ function: (T) throws -> Tensor
) throws -> (value: Tensor, gradient: T) {
  try withoutActuallyEscaping(function) {
    try valueAndGrad(holomorphic: holomorphic, $0)(argument)
  }
}

/// Computes the value of `function` at `argument`, its auxiliary result, and the gradient.
/// - Throws: the first error recorded in `function`, or what it throws.
public func valueAndGrad<T: TensorTree, Aux: TensorTree>(
  _ argument: T, _ function: (T) throws -> (Tensor, Aux)
) throws -> (value: Tensor, aux: Aux, gradient: T) {
  try withoutActuallyEscaping(function) { try valueAndGrad($0)(argument) }
}

/// Gives the function that computes the gradient of `function`, a scalar function.
///
/// Mirrors `jax.grad`; the gradient has the structure and types of the argument.
public func grad<T: TensorTree>(
  holomorphic: Bool = false, _ function: @escaping (T) throws -> Tensor
) -> (T) throws -> T {
  { try valueAndGrad(holomorphic: holomorphic, function)($0).gradient }
}

/// Gives the function that computes the gradient of `function` and its auxiliary result.
public func grad<T: TensorTree, Aux: TensorTree>(
  _ function: @escaping (T) throws -> (Tensor, Aux)
) -> (T) throws -> (gradient: T, aux: Aux) {
  { argument in
    let result = try valueAndGrad(function)(argument)
    return (result.gradient, result.aux)
  }
}

/// Computes the gradient of `function` at `argument`.
/// - Throws: the first error recorded in `function`, or what it throws.
public func grad<T: TensorTree>(
  _ argument: T, holomorphic: Bool = false, _ function: (T) throws -> Tensor
) throws -> T {
  try valueAndGrad(argument, holomorphic: holomorphic, function).gradient
}
