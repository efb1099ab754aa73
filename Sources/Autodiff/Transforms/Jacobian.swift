/// Gives the function that computes the Jacobian of `function` column by column, by forward mode.
///
/// For an argument of shape [n...] and a result of shape [m...] the Jacobian has [m..., n...]. Best
/// for results larger than the argument. Mirrors `jax.jacfwd`.
public func jacfwd(_ function: @escaping (Tensor) throws -> Tensor) -> (Tensor) throws -> Tensor {
  { x in
    try withErrors {
      try checkDifferentiable("jacfwd", x)
      let (value, pushforward) = try linearize(function, x)
      let columns = try vmap(outAxes: -1) { try pushforward($0) }(basis(like: x))
      return columns.reshaped(to: Shape(value.shape.dimensions + x.shape.dimensions))
    }
  }
}

/// Gives the function that computes the Jacobian of `function` row by row, by reverse mode.
///
/// For an argument of shape [n...] and a result of shape [m...] the Jacobian has [m..., n...]. Best
/// for arguments larger than the result. Mirrors `jax.jacrev`.
public func jacrev(_ function: @escaping (Tensor) throws -> Tensor) -> (Tensor) throws -> Tensor {
  { x in
    try withErrors {
      try checkDifferentiable("jacrev", x)
      let (value, pullback) = try vjp(function, x)
      let rows = try vmap { try pullback($0) }(basis(like: value))
      return rows.reshaped(to: Shape(value.shape.dimensions + x.shape.dimensions))
    }
  }
}

/// Gives the function that computes the second derivatives of `function`, forward over reverse.
///
/// For a scalar function of shape [n...] the Hessian has [n..., n...]. Mirrors `jax.hessian`.
public func hessian(_ function: @escaping (Tensor) throws -> Tensor) -> (Tensor) throws -> Tensor {
  jacfwd(jacrev(function))
}

/// One tensor of the type of `x` for each of its elements, with a 1 there: [count, shape...].
private func basis(like x: Tensor) -> Tensor {
  let count = x.elementCount
  return eye(count, dtype: x.dtype).reshaped(to: x.shape.inserting(count, at: 0))
}

private func checkDifferentiable(_ name: String, _ x: Tensor) throws {
  guard x.dtype.isInexact else {
    throw TensorError(
      name, .dtypeUnsupported(dtype: x.dtype, expected: "a floating-point type"),
      [.init("argument", x.type)])
  }
}
