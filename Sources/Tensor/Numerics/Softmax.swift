/// Computes exp(x) / sum(exp(x)) along `axis`.
///
/// The largest element is taken off first, so that nothing overflows. With `mask`, elements where
/// it does not hold are left out and give 0.
public func softmax(_ x: Tensor, axis: Int = -1, where mask: Tensor? = nil) -> Tensor {
  softmax(x, axes: [axis], where: mask)
}

/// Computes exp(x) / sum(exp(x)) along several axes together.
public func softmax(_ x: Tensor, axes: [Int], where mask: Tensor? = nil) -> Tensor {
  let x = inexact(x)
  guard let axes = resolvedAxes("softmax", x, axes) else { return x }
  let constant = Counting.isOn ? x : stopGradient(x)
  let unnormalized = exp(shiftedByMaximum(constant, axes, mask))
  var result = unnormalized / sum(unnormalized, axes: axes, keepingAxes: true, where: mask)
  if let mask { result = which(mask, result, Tensor(0, dtype: result.dtype)) }
  if case .array = x.storage { return result }
  if Counting.isOn { return result }
  return bind(SoftmaxRule(axes: axes), result, x)
}

/// Computes log(softmax(x)) along `axis` without the logarithm of small numbers.
///
/// With `mask`, elements where it does not hold are left out and give -inf.
public func logSoftmax(_ x: Tensor, axis: Int = -1, where mask: Tensor? = nil) -> Tensor {
  logSoftmax(x, axes: [axis], where: mask)
}

/// Computes log(softmax(x)) along several axes together.
public func logSoftmax(_ x: Tensor, axes: [Int], where mask: Tensor? = nil) -> Tensor {
  let x = inexact(x)
  guard let axes = resolvedAxes("logSoftmax", x, axes) else { return x }
  let shifted = shiftedByMaximum(x, axes, mask)
  let result = shifted - log(sum(exp(shifted), axes: axes, keepingAxes: true, where: mask))
  return mask.map { which($0, result, .lowest(x.dtype)) } ?? result
}

/// Computes log(sum(exp(x))) along `axes`, or of all, without overflow.
///
/// -inf without elements. With `mask`, elements where it does not hold are left out; `weights`
/// multiply the exponentials.
public func logSumExp(
  _ x: Tensor, axes: [Int]? = nil, keepingAxes: Bool = false, where mask: Tensor? = nil,
  weights: Tensor? = nil
) -> Tensor {
  var x = inexact(x)
  if let mask { x = which(mask, x, Tensor(0, dtype: x.dtype)) }
  if let weights { x = which(weights .!= 0, x, .lowest(x.dtype)) }
  guard let axes = resolvedAxes("logSumExp", x, axes) else { return x }
  let largest = largestGrowth(x, axes, mask)
  let base = stopGradient(which(isFinite(largest), largest, Tensor(0, dtype: largest.dtype)))
  var terms = exp(x - base)
  if let weights { terms = terms * weights }
  let total = sum(terms, axes: axes, keepingAxes: true, where: mask)
  var result = log(x.dtype.isComplex ? total : abs(total)) + base
  if weights != nil { result = which(total .< 0, Tensor(Double.nan, dtype: x.dtype), result) }
  return keepingAxes ? result : result.squeezed(axes)
}

/// Takes the mean off and divides by the standard deviation along `axis`.
///
/// The variance is E[x^2] - E[x]^2, cut at 0, as in `jax.nn.standardize`; `epsilon` is added to it.
/// `mean` and `variance` may be given.
public func standardize(
  _ x: Tensor, axis: Int = -1, mean given: Tensor? = nil, variance givenVariance: Tensor? = nil,
  epsilon: Double = 1e-5, where mask: Tensor? = nil
) -> Tensor {
  standardize(
    x, axes: [axis], mean: given, variance: givenVariance, epsilon: epsilon, where: mask)
}

/// Takes the mean off and divides by the standard deviation along several axes together.
public func standardize(
  _ x: Tensor, axes: [Int], mean given: Tensor? = nil, variance givenVariance: Tensor? = nil,
  epsilon: Double = 1e-5, where mask: Tensor? = nil
) -> Tensor {
  let x = inexact(x)
  guard let axes = resolvedAxes("standardize", x, axes) else { return x }
  let center = given ?? mean(x, axes: axes, keepingAxes: true, where: mask)
  let spread =
    givenVariance
    ?? clip(
      mean(square(x), axes: axes, keepingAxes: true, where: mask) - square(center),
      low: Counting.integer(0))
  return (x - center) * rsqrt(spread + epsilon)
}

/// Makes vectors that are 1 at the class's index and 0 elsewhere; all 0 for an index out of range.
///
/// The classes become axis `axis` of the result.
public func oneHot(
  _ indices: Tensor, classes: Int, axis: Int = -1, dtype: DType = .defaultFloat
) -> Tensor {
  let rank = indices.rank + 1
  let place = axis < 0 ? axis + rank : axis
  guard (0..<rank).contains(place), classes >= 0 else {
    record(
      TensorError(
        "oneHot",
        .argumentInvalid(
          name: "axis, classes", value: "\(axis), \(classes)",
          expected: "an axis of the result and at least 0 classes"),
        [.init("indices", indices.type)]))
    return .placeholder(ShapeDtype(indices.shape.inserting(Swift.max(0, classes), at: 0), dtype))
  }
  var shape = Shape(indices.shape.map { _ in 1 })
  shape = shape.inserting(classes, at: place)
  let all = iota(indices.dtype, shape, axis: place)
  return (indices.expandingAxis(place) .== all).cast(to: dtype)
}

/// The elements less their maximum along the axes, which counts as a constant.
private func shiftedByMaximum(_ x: Tensor, _ axes: [Int], _ mask: Tensor?) -> Tensor {
  let largest = largestGrowth(x, axes, mask)
  let kept = mask.map { which($0, x, .lowest(largest.dtype)) } ?? x
  return kept - stopGradient(largest)
}

/// The maximum of what exp(x) grows with: the numbers, or the real parts of complex ones.
private func largestGrowth(_ x: Tensor, _ axes: [Int], _ mask: Tensor?) -> Tensor {
  let x = x.dtype.isComplex ? real(x) : x
  return max(x, axes: axes, keepingAxes: true, where: mask, initial: .lowest(x.dtype))
}
