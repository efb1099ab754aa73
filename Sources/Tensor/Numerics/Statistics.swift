/// Takes the arithmetic mean along `axes`, or of all; NaN without elements.
///
/// Integers give floats; half precisions compute in float32. With `mask`, only the elements where
/// it holds count.
public func mean(
  _ x: Tensor, axes: [Int]? = nil, keepingAxes: Bool = false, where mask: Tensor? = nil,
  dtype: DType? = nil
) -> Tensor {
  let result = dtype ?? inexact(x).dtype
  let computation = dtype ?? widened(result)
  guard let resolved = resolvedAxes("mean", x, axes) else { return inexact(x) }
  let isWeak = x.type.isWeak && dtype == nil
  let total = sum(x, axes: resolved, keepingAxes: keepingAxes, where: mask, dtype: computation)
  let count = elementCount(x, resolved, keepingAxes, mask, computation)
  return elementwise(Div(), total, count).converted(result, isWeak: isWeak)
}

/// Takes the mean along `axes`, or of all, weighted by `weights`, which broadcast to `x`.
///
/// A vector of weights goes along a single axis.
public func average(_ x: Tensor, axes: [Int]? = nil, weights: Tensor) -> Tensor {
  let (x, weights) = (inexact(x), inexact(weights))
  var spread = weights
  if weights.rank == 1, x.rank > 1, let axes, axes.count == 1,
    let axis = resolvedAxis("average", x, axes[0])
  {
    spread = weights.reshaped(to: Shape(x.shape.indices.map { $0 == axis ? weights.shape[0] : 1 }))
  }
  guard spread.shape.broadcast(with: x.shape) == x.shape else {
    record(
      TensorError(
        "average", .shapesDiffer, [.init("operand", x.type), .init("weights", weights.type)]))
    return x
  }
  return sum(x * spread, axes: axes) / sum(spread.broadcast(to: x.shape), axes: axes)
}

/// Takes the variance along `axes`, or of all: the mean squared distance from the mean.
///
/// Divides by the number of elements less `correction`; NaN where that is not positive. Computed in
/// two passes; half precisions compute in float32. Of complex numbers it is real.
public func variance(
  _ x: Tensor, axes: [Int]? = nil, keepingAxes: Bool = false, where mask: Tensor? = nil,
  correction: Double = 0
) -> Tensor {
  let x = inexact(x)
  let computation = widened(x.dtype)
  guard let resolved = resolvedAxes("variance", x, axes) else { return x }
  let wide = x.converted(computation)
  let center = mean(wide, axes: resolved, keepingAxes: true, where: mask)
  let squares = squaredMagnitude(wide - center)
  let count =
    elementCount(x, resolved, keepingAxes, mask, computation.realDType) - correction
  let total = sum(squares, axes: resolved, keepingAxes: keepingAxes, where: mask)
  let result = (total / count).converted(x.dtype.realDType)
  return which(count .> 0, result, Tensor(Double.nan, dtype: result.dtype))
}

/// Takes the standard deviation along `axes`, or of all: the square root of the variance.
public func std(
  _ x: Tensor, axes: [Int]? = nil, keepingAxes: Bool = false, where mask: Tensor? = nil,
  correction: Double = 0
) -> Tensor {
  sqrt(variance(x, axes: axes, keepingAxes: keepingAxes, where: mask, correction: correction))
}

/// What a vector norm measures.
public enum NormOrder: Hashable, Sendable, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral {
  /// The sum of the magnitudes to the power p, to the power 1/p.
  case power(Double)
  /// The largest magnitude.
  case infinity
  /// The smallest magnitude.
  case negativeInfinity

  /// The order p.
  public init(integerLiteral value: Int) { self = .power(Double(value)) }
  /// The order p.
  public init(floatLiteral value: Double) { self = .power(value) }
}

/// Takes the norm of vectors along `axes`, or of all elements: by default the Euclidean length.
///
/// Order 0 counts the elements that are not 0.
public func norm(
  _ x: Tensor, order: NormOrder = 2, axes: [Int]? = nil, keepingAxes: Bool = false
) -> Tensor {
  let x = inexact(x)
  switch order {
  case .infinity: return max(abs(x), axes: axes, keepingAxes: keepingAxes)
  case .negativeInfinity: return min(abs(x), axes: axes, keepingAxes: keepingAxes)
  case .power(0):
    return countNonzero(x, axes: axes, keepingAxes: keepingAxes).cast(to: x.dtype.realDType)
  case .power(1): return sum(abs(x), axes: axes, keepingAxes: keepingAxes)
  case .power(2): return sqrt(sum(squaredMagnitude(x), axes: axes, keepingAxes: keepingAxes))
  case .power(let p):
    let powers = pow(abs(x), p)
    return pow(sum(powers, axes: axes, keepingAxes: keepingAxes), 1 / p)
  }
}

/// The type in which means of `dtype` are computed.
func widened(_ dtype: DType) -> DType {
  dtype == .float16 || dtype == .bfloat16 ? .float32 : dtype
}

/// The number of elements that a reduction combines, as a scalar or, with a mask, a tensor.
private func elementCount(
  _ x: Tensor, _ axes: [Int], _ keepingAxes: Bool, _ mask: Tensor?, _ dtype: DType
) -> Tensor {
  guard let mask else {
    return Tensor(axes.reduce(1) { $0 * x.shape.dimensions[$1] }, dtype: dtype)
  }
  let holds = mask.dtype == .bool ? mask : mask.cast(to: .bool)
  return sum(holds.broadcast(to: x.shape), axes: axes, keepingAxes: keepingAxes, dtype: dtype)
}
