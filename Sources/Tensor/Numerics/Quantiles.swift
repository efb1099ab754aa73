/// What a quantile between two elements is.
public enum QuantileMethod: Hashable, Sendable {
  /// On the line between them.
  case linear
  /// The lower one.
  case lower
  /// The higher one.
  case higher
  /// The mean of both.
  case midpoint
  /// The nearer one; at the middle the lower.
  case nearest
}

/// Finds the value below which a fraction `q` of the elements lies, along `axis` or of all.
///
/// `q` is a number or a vector between 0 and 1; the axis of a vector comes first in the result. NaN
/// where any element is NaN. Mirrors `jnp.quantile`.
public func quantile(
  _ x: Tensor, _ q: Tensor, axis: Int? = nil, method: QuantileMethod = .linear,
  keepingAxes: Bool = false
) -> Tensor {
  guard !x.dtype.isComplex else {
    record(
      TensorError(
        "quantile", .dtypeUnsupported(dtype: x.dtype, expected: "a real type"),
        [.init("operand", x.type)]))
    return real(x)
  }
  guard let axis else {
    let flat = quantile(x.reshaped(to: [x.elementCount]), q, axis: 0, method: method)
    return keepingAxes
      ? flat.reshaped(to: Shape(q.shape.dimensions + x.shape.map { _ in 1 })) : flat
  }
  guard q.rank <= 1, x.rank > 0, let index = resolvedAxis("quantile", x, axis) else {
    record(
      TensorError(
        "quantile", .rankInvalid(rank: q.rank, expected: "0 or 1 for q, and at least 1 for x"),
        [.init("operand", x.type), .init("q", q.type)]))
    return x
  }
  let values = inexact(x)
  let size = x.shape.dimensions[index]
  guard size > 0 else {
    record(
      TensorError(
        "quantile", .argumentInvalid(name: "size", value: "0", expected: "at least 1"),
        [.init("operand", x.type, axis: index)]))
    return values
  }
  let hasNaN = any(isNaN(values), axes: [index], keepingAxes: true)
  let nan = Tensor(Double.nan, dtype: values.dtype)
  let sorted = bind(Sort(axis: index), which(hasNaN, nan, values)) as Tensor
  let place = q.cast(to: values.dtype) * (size - 1)
  let (low, high) = (floor(place), ceil(place))
  let weight = place - low
  func element(_ place: Tensor) -> Tensor {
    // The axis of q, if it has one, stands where the elements were; bring it to the front.
    let bounded = clip(place, low: 0, high: Tensor(size - 1, dtype: place.dtype))
    let taken = take(sorted, bounded.cast(to: .int32), axis: index, outOfBounds: .clip)
    return q.rank == 1 ? moveAxis(taken, from: index, to: 0) : taken
  }
  let (below, above) = (element(low), element(high))
  let spread = q.rank == 1 ? Shape([q.elementCount] + below.shape.dropFirst().map { _ in 1 }) : []
  let fraction = weight.reshaped(to: spread)
  let result =
    switch method {
    case .linear: below * (1 - fraction) + above * fraction
    case .lower: below
    case .higher: above
    case .midpoint: (below + above) * 0.5
    case .nearest: which(fraction .<= 0.5, below, above)
    }
  return keepingAxes ? result.expandingAxis(index + q.rank) : result
}

/// Finds the value below which `q` percent of the elements lie, along `axis` or of all.
public func percentile(
  _ x: Tensor, _ q: Tensor, axis: Int? = nil, method: QuantileMethod = .linear,
  keepingAxes: Bool = false
) -> Tensor {
  quantile(x, inexact(q) / 100, axis: axis, method: method, keepingAxes: keepingAxes)
}

/// Finds the middle of the sorted elements along `axis`, or of all; the mean of two where even.
public func median(_ x: Tensor, axis: Int? = nil, keepingAxes: Bool = false) -> Tensor {
  quantile(x, 0.5, axis: axis, method: .midpoint, keepingAxes: keepingAxes)
}
