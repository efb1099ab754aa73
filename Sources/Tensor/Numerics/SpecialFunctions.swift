/// Computes sqrt(x^2 + y^2) without overflow, with promotion and broadcasting.
public func hypot(_ x: Tensor, _ y: Tensor) -> Tensor {
  let (a, b) = (abs(inexact(x)), abs(inexact(y)))
  let (large, small) = (maximum(a, b), minimum(a, b))
  let isZero = large .== Tensor(0, dtype: large.dtype)
  let ratio = small / which(isZero, Tensor(1, dtype: large.dtype), large)
  return which(isZero, large, large * sqrt(square(ratio) + 1))
}

/// Tells whether the sign is negative, also that of -0 and NaN.
public func signBit(_ x: Tensor) -> Tensor {
  guard x.dtype.isInexact else { return x.dtype == .bool ? zeros(like: x) : x .< 0 }
  let bits = bind(BitcastConvertType(x.dtype.bitsType), x) as Tensor
  let top = full(like: bits, bits.dtype.byteSize * 8 - 1)
  return ShiftRightLogical()(bits, top).cast(to: .bool)
}

/// Gives the magnitude of `x` the sign of `y`, with promotion and broadcasting.
public func copySign(_ x: Tensor, _ y: Tensor) -> Tensor {
  let magnitude = abs(inexact(x))
  return which(signBit(inexact(y)), -magnitude, magnitude)
}

/// Computes x log(y), which is 0 where both are 0.
public func xlogy(_ x: Tensor, _ y: Tensor) -> Tensor {
  let (x, y) = (inexact(x), inexact(y))
  return x * log(which(logicalAnd(x .== 0, y .== 0), 1, y))
}

/// Computes x log(1 + y), which is 0 where x is 0 and y is -1.
public func xlog1py(_ x: Tensor, _ y: Tensor) -> Tensor {
  let (x, y) = (inexact(x), inexact(y))
  return x * log1p(which(logicalAnd(x .== 0, y .== -1), 0, y))
}

/// Computes the entropy -x log(x) of each element: 0 at 0, -inf below.
public func entr(_ x: Tensor) -> Tensor {
  let x = inexact(x)
  return which(x .< 0, Tensor(-Double.infinity, dtype: x.dtype), -xlogy(x, x))
}

/// Computes sin(pi x) / (pi x), which is 1 at 0.
public func sinc(_ x: Tensor) -> Tensor {
  let angle = inexact(x) * Double.pi
  let isZero = angle .== 0
  let safe = which(isZero, 1, angle)
  return which(isZero, 1 - square(angle) / 6, sin(safe) / safe)
}
