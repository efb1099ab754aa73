// Derivatives of functions of two arguments, and of functions with an auxiliary result.

/// Evaluates a function of two arguments and its derivative at `primals` along `tangents`.
///
/// Mirrors `jax.jvp` with two primals.
/// - Throws: the first error recorded in `function`, or what it throws.
public func jvp<A: TensorTree, B: TensorTree, U: TensorTree>(
  _ function: (A, B) throws -> U, _ primals: (A, B), _ tangents: (A, B)
) throws -> (value: U, tangent: U) {
  try jvp(
    { (pair: TreePair<A, B>) in try function(pair.parts.0, pair.parts.1) },
    TreePair(primals.0, primals.1), TreePair(tangents.0, tangents.1))
}

/// Evaluates a function, its derivative along `tangents`, and what it returns besides.
///
/// `function` returns the result and anything else. Mirrors `jax.jvp` with `has_aux`.
/// - Throws: the first error recorded in `function`, or what it throws.
public func jvp<T: TensorTree, U: TensorTree, Aux: TensorTree>(
  _ function: (T) throws -> (U, Aux), _ primals: T, _ tangents: T
) throws -> (value: U, tangent: U, aux: Aux) {
  let result = try jvp(
    { (primals: T) in
      let (value, aux) = try function(primals)
      return TreePair(value, aux)
    }, primals, tangents)
  return (result.value.parts.0, result.tangent.parts.0, result.value.parts.1)
}

/// Evaluates a function of two arguments and gives its vector-Jacobian product there.
///
/// The pullback gives the cotangents of both. Mirrors `jax.vjp` with two primals.
/// - Throws: the first error recorded in `function`, or what it throws.
public func vjp<A: TensorTree, B: TensorTree, U: TensorTree>(
  _ function: (A, B) throws -> U, _ a: A, _ b: B
) throws -> (value: U, pullback: (U) throws -> (A, B)) {
  let (value, pullback) = try vjp(
    { (pair: TreePair<A, B>) in try function(pair.parts.0, pair.parts.1) }, TreePair(a, b))
  return (value, { try pullback($0).parts })
}

/// Evaluates a function, gives its vector-Jacobian product, and what it returns besides.
///
/// `function` returns the result and anything else. Mirrors `jax.vjp` with `has_aux`.
/// - Throws: the first error recorded in `function`, or what it throws.
public func vjp<T: TensorTree, U: TensorTree, Aux: TensorTree>(
  _ function: (T) throws -> (U, Aux), _ primals: T
) throws -> (value: U, pullback: (U) throws -> T, aux: Aux) {
  let (value, pullback) = try vjp(
    { (primals: T) in
      let (value, aux) = try function(primals)
      return TreePair(value, aux)
    }, primals)
  let aux = value.parts.1
  return (
    value.parts.0, { try pullback(TreePair($0, treeMap(aux) { zeros(like: $0) })) }, aux
  )
}

/// Evaluates a function of two arguments and gives its derivative there as a linear function.
///
/// Mirrors `jax.linearize` with two primals.
/// - Throws: the first error recorded in `function`, or what it throws.
public func linearize<A: TensorTree, B: TensorTree, U: TensorTree>(
  _ function: (A, B) throws -> U, _ a: A, _ b: B
) throws -> (value: U, pushforward: (A, B) throws -> U) {
  let (value, pushforward) = try linearize(
    { (pair: TreePair<A, B>) in try function(pair.parts.0, pair.parts.1) }, TreePair(a, b))
  return (value, { try pushforward(TreePair($0, $1)) })
}
