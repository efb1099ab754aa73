/// Rounds down to an integer; integers stay.
public func floor(_ x: Tensor) -> Tensor { x.dtype.isInexact ? Floor()(x) : x }

/// Rounds up to an integer; integers stay.
public func ceil(_ x: Tensor) -> Tensor { x.dtype.isInexact ? Ceil()(x) : x }

/// Rounds to the nearest integer, halves to the even one, as NumPy does.
///
/// With `decimals`, rounds to that many places after the point, or before it if negative.
public func round(_ x: Tensor, decimals: Int = 0) -> Tensor {
  guard x.dtype.isInexact else { return x }
  if x.dtype.isComplex { return byParts(x) { round($0, decimals: decimals) } }
  if decimals == 0 { return RoundEven()(x) }
  var factor = 1.0
  for _ in 0..<decimals.magnitude { factor *= 10 }
  return decimals > 0 ? RoundEven()(x * factor) / factor : RoundEven()(x / factor) * factor
}

/// Rounds towards zero to an integer; integers stay.
public func trunc(_ x: Tensor) -> Tensor {
  x.dtype.isInexact ? which(x .< 0, Ceil()(x), Floor()(x)) : x
}

/// Tells whether each element is neither infinite nor NaN; of a complex one, both parts.
public func isFinite(_ x: Tensor) -> Tensor {
  if x.dtype.isComplex { return logicalAnd(isFinite(real(x)), isFinite(imag(x))) }
  return x.dtype.isFloatingPoint ? IsFinite()(x) : Tensor.full(x.shape, true)
}

/// Tells whether each element is infinite.
public func isInf(_ x: Tensor) -> Tensor {
  if x.dtype.isComplex { return logicalOr(isInf(real(x)), isInf(imag(x))) }
  return x.dtype.isFloatingPoint
    ? Abs()(x) .== Tensor(Double.infinity) : Tensor.full(x.shape, false)
}

/// Tells whether each element is not a number.
public func isNaN(_ x: Tensor) -> Tensor {
  x.dtype.isInexact ? Ne()(x, x) : Tensor.full(x.shape, false)
}

/// Replaces NaN by `nan` and infinities by the largest finite numbers, or the values given.
public func nanToNum(
  _ x: Tensor, nan: Double = 0, positiveInfinity: Double? = nil, negativeInfinity: Double? = nil
) -> Tensor {
  guard x.dtype.isInexact else { return x }
  if x.dtype.isComplex {
    return byParts(x) {
      nanToNum(
        $0, nan: nan, positiveInfinity: positiveInfinity, negativeInfinity: negativeInfinity)
    }
  }
  let largest = x.dtype.largestFinite
  let high = Tensor(positiveInfinity ?? largest, dtype: x.dtype)
  let low = Tensor(negativeInfinity ?? -largest, dtype: x.dtype)
  let numbers = which(isNaN(x), Tensor(nan, dtype: x.dtype), x)
  let bounded = which(numbers .== Tensor(Double.infinity), high, numbers)
  return which(bounded .== Tensor(-Double.infinity), low, bounded)
}
