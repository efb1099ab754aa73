// Custom rules for functions of two arguments: of which the first is not differentiated, or both are.

/// Gives a function of a value and a tree a derivative of its own by the tree, as a rule for tangents.
///
/// The first argument may be anything, such as a number of iterations or a function; the rule takes
/// it before the tree and its tangent. Mirrors `jax.custom_jvp` with `nondiff_argnums=(0,)`.
public func customJVP<S, T: TensorTree, U: TensorTree>(
  _ function: @escaping (S, T) throws -> U, rule: @escaping (S, T, T) throws -> (U, U)
) -> (S, T) throws -> U {
  { value, argument in
    try customJVP({ try function(value, $0) }, rule: { try rule(value, $0, $1) })(argument)
  }
}

/// Gives a function of a value and a tree a derivative of its own by the tree, as a rule for
/// cotangents.
///
/// `backward` takes the value first, then the residuals and the cotangent. Mirrors `jax.custom_vjp`
/// with `nondiff_argnums=(0,)`.
public func customVJP<S, T: TensorTree, U: TensorTree, Residuals: TensorTree>(
  _ function: @escaping (S, T) throws -> U, forward: @escaping (S, T) throws -> (U, Residuals),
  backward: @escaping (S, Residuals, U) throws -> T
) -> (S, T) throws -> U {
  { value, argument in
    try customVJP(
      { try function(value, $0) }, forward: { try forward(value, $0) },
      backward: { try backward(value, $0, $1) })(argument)
  }
}

/// Gives a function of two arguments a derivative of its own, as a rule for tangents.
///
/// `rule` takes the pair of arguments and that of their tangents.
public func customJVP<A: TensorTree, B: TensorTree, U: TensorTree>(
  _ function: @escaping (A, B) throws -> U,
  rule: @escaping ((A, B), (A, B)) throws -> (U, U)
) -> (A, B) throws -> U {
  let single = customJVP({ (pair: TreePair<A, B>) in try function(pair.parts.0, pair.parts.1) }) {
    try rule($0.parts, $1.parts)
  }
  return { try single(TreePair($0, $1)) }
}

/// Gives a function of two arguments a derivative of its own, as a rule for cotangents.
///
/// `backward` gives the pair of the arguments' cotangents.
public func customVJP<A: TensorTree, B: TensorTree, U: TensorTree, Residuals: TensorTree>(
  _ function: @escaping (A, B) throws -> U, forward: @escaping (A, B) throws -> (U, Residuals),
  backward: @escaping (Residuals, U) throws -> (A, B)
) -> (A, B) throws -> U {
  let single = customVJP(
    { (pair: TreePair<A, B>) in try function(pair.parts.0, pair.parts.1) },
    forward: { try forward($0.parts.0, $0.parts.1) },
    backward: { residuals, cotangent in
      let (a, b) = try backward(residuals, cotangent)
      return TreePair(a, b)
    })
  return { try single(TreePair($0, $1)) }
}
