/// Adds the elements that are not NaN along `axes`, or all.
public func nanSum(_ x: Tensor, axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
  sum(x, axes: axes, keepingAxes: keepingAxes, where: logicalNot(isNaN(x)))
}

/// Takes the mean of the elements that are not NaN along `axes`, or of all; NaN where all are.
public func nanMean(_ x: Tensor, axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
  mean(x, axes: axes, keepingAxes: keepingAxes, where: logicalNot(isNaN(x)))
}

/// Takes the largest element that is not NaN along `axes`, or of all; NaN where all are.
public func nanMax(_ x: Tensor, axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
  extremeOfNumbers(x, axes, keepingAxes) {
    max(x, axes: axes, keepingAxes: keepingAxes, where: $0)
  }
}

/// Takes the smallest element that is not NaN along `axes`, or of all; NaN where all are.
public func nanMin(_ x: Tensor, axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
  extremeOfNumbers(x, axes, keepingAxes) {
    min(x, axes: axes, keepingAxes: keepingAxes, where: $0)
  }
}

private func extremeOfNumbers(
  _ x: Tensor, _ axes: [Int]?, _ keepingAxes: Bool, _ reduction: (Tensor) -> Tensor
) -> Tensor {
  let missing = isNaN(x)
  let result = reduction(logicalNot(missing))
  guard x.dtype.isInexact else { return result }
  let isEmpty = all(missing, axes: axes, keepingAxes: keepingAxes)
  return which(isEmpty, Tensor(Double.nan, dtype: x.dtype), result)
}
