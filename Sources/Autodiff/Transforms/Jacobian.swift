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

/// Gives the function that computes the Jacobian of a function of one tensor with a tree as its result.
///
/// Each tensor of the result, of shape [m...], is replaced by its Jacobian of shape [m..., n...].
public func jacfwd<U: TensorTree>(
  _ function: @escaping (Tensor) throws -> U
) -> (Tensor) throws -> U {
  { x in
    try withErrors {
      try checkDifferentiable("jacfwd", x)
      let (value, pushforward) = try linearize(function, x)
      let columns = try vmap(outAxes: -1) { try pushforward($0) }(basis(like: x))
      return treeMap(columns, value) { columns, value in
        columns.reshaped(to: Shape(value.shape.dimensions + x.shape.dimensions))
      }
    }
  }
}

/// Gives the function that computes the Jacobian of a function of a tree with one tensor as its result.
///
/// For a result of shape [m...], each tensor of the argument, of shape [n...], is replaced by its
/// Jacobian of shape [m..., n...].
public func jacrev<T: TensorTree>(
  _ function: @escaping (T) throws -> Tensor
) -> (T) throws -> T {
  { argument in
    try withErrors {
      for (path, leaf) in treeLeavesWithPath(argument) {
        try checkDifferentiable("jacrev", leaf, "\(path)")
      }
      let (value, pullback) = try vjp(function, argument)
      let rows = try vmap { try pullback($0) }(basis(like: value))
      return treeMap(rows, argument) { rows, leaf in
        rows.reshaped(to: Shape(value.shape.dimensions + leaf.shape.dimensions))
      }
    }
  }
}

/// One tensor of the type of `x` for each of its elements, with a 1 there: [count, shape...].
private func basis(like x: Tensor) -> Tensor {
  let count = x.elementCount
  return eye(count, dtype: x.dtype).reshaped(to: x.shape.inserting(count, at: 0))
}

private func checkDifferentiable(_ name: String, _ x: Tensor, _ path: String = "") throws {
  guard x.dtype.isInexact else {
    throw TensorError(
      name, .dtypeUnsupported(dtype: x.dtype, expected: "a floating-point type"),
      [.init("argument\(path)", x.type)],
      hint: "integers have no derivative; pass them by capture")
  }
}
