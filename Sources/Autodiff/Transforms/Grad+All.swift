/// Which arguments are differentiated, where they may have different types.
public enum DifferentiatedArguments: Sendable {
  /// All of them.
  case all
}

/// Gives the function that computes value and gradients with respect to both arguments.
///
/// Mirrors `jax.value_and_grad` with `argnums=(0, 1)`.
public func valueAndGrad<A: TensorTree, B: TensorTree>(
  argnums: DifferentiatedArguments, _ function: @escaping (A, B) throws -> Tensor
) -> (A, B) throws -> (value: Tensor, gradient: (A, B)) {
  { a, b in
    let result = try valueAndGrad(TreePair(a, b)) { try function($0.parts.0, $0.parts.1) }
    return (result.value, result.gradient.parts)
  }
}

/// Gives the function that computes value and gradients with respect to all three arguments.
public func valueAndGrad<A: TensorTree, B: TensorTree, C: TensorTree>(
  argnums: DifferentiatedArguments, _ function: @escaping (A, B, C) throws -> Tensor
) -> (A, B, C) throws -> (value: Tensor, gradient: (A, B, C)) {
  { a, b, c in
    let result = try valueAndGrad(TreeTriple(a, b, c)) {
      try function($0.parts.0, $0.parts.1, $0.parts.2)
    }
    return (result.value, result.gradient.parts)
  }
}

/// Gives the function that computes the gradients with respect to both arguments.
///
/// Mirrors `jax.grad` with `argnums=(0, 1)`.
public func grad<A: TensorTree, B: TensorTree>(
  argnums: DifferentiatedArguments, _ function: @escaping (A, B) throws -> Tensor
) -> (A, B) throws -> (A, B) {
  { try valueAndGrad(argnums: argnums, function)($0, $1).gradient }
}

/// Gives the function that computes the gradients with respect to all three arguments.
public func grad<A: TensorTree, B: TensorTree, C: TensorTree>(
  argnums: DifferentiatedArguments, _ function: @escaping (A, B, C) throws -> Tensor
) -> (A, B, C) throws -> (A, B, C) {
  { try valueAndGrad(argnums: argnums, function)($0, $1, $2).gradient }
}
