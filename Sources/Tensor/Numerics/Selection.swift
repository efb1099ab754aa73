/// Takes each element from `onTrue` where the condition holds, else from `onFalse`.
///
/// The three broadcast together; the two values are promoted to one dtype, and a condition that is
/// not bool holds where it is not 0. Mirrors `jnp.where`, a keyword in Swift.
public func which(_ condition: Tensor, _ onTrue: Tensor, _ onFalse: Tensor) -> Tensor {
  let predicate = condition.dtype == .bool ? condition : condition.cast(to: .bool)
  guard let (a, b) = promoted(onTrue, onFalse),
    let shape = predicate.shape.broadcast(with: a.shape)
  else {
    record(
      TensorError(
        "which", .shapesDiffer,
        [
          .init("condition", condition.type), .init("onTrue", onTrue.type),
          .init("onFalse", onFalse.type),
        ]))
    return .placeholder(onTrue.type)
  }
  return Select()(predicate.expanded(to: shape), a.expanded(to: shape), b.expanded(to: shape))
}

/// Takes the larger of two elements, with promotion and broadcasting; NaN if either is NaN.
///
/// Where both are equal, each has half of the derivative.
public func maximum(_ x: Tensor, _ y: Tensor) -> Tensor { elementwise(Max(), x, y) }

/// Takes the smaller of two elements, with promotion and broadcasting; NaN if either is NaN.
///
/// Where both are equal, each has half of the derivative.
public func minimum(_ x: Tensor, _ y: Tensor) -> Tensor { elementwise(Min(), x, y) }

/// Brings each element between two bounds, either of which may be left out.
///
/// Mirrors `jnp.clip`: min(max(x, low), high), so that `high` wins where the bounds cross.
public func clip(_ x: Tensor, low: Tensor? = nil, high: Tensor? = nil) -> Tensor {
  var result = x
  if let low { result = maximum(low, result) }
  if let high { result = minimum(high, result) }
  return result
}

/// Takes the absolute value, real also of complex numbers.
///
/// Its derivative at 0 is 1, as in JAX; of complex numbers it is 0 there.
public func abs(_ x: Tensor) -> Tensor {
  x.dtype.isUnsigned || x.dtype == .bool ? x : Abs()(x)
}

/// Takes the sign: -1, 0 or 1; NaN stays.
///
/// Of a complex number it is the number divided by its magnitude.
public func sign(_ x: Tensor) -> Tensor { Sign()(x) }

/// Lets the value through and makes it a constant to differentiation.
public func stopGradient(_ x: Tensor) -> Tensor {
  if case .array = x.storage { return x }
  return x.dtype.isInexact ? bind(StopGradient(), x) : x
}
