/// Raises to a constant integer power, by repeated multiplication; exact for integers.
///
/// Records an error for a negative power of an integer.
public func pow(_ x: Tensor, _ exponent: Int) -> Tensor {
  let x = x.dtype == .bool ? x.converted(.defaultInteger) : x
  switch exponent {
  case 1: return x
  case 2: return Square()(x)
  default: return bind(IntegerPow(exponent), x)
  }
}

/// Raises each element to the power of the other, with promotion and broadcasting.
///
/// Floats below 0 give NaN for a power that is not an integer. Integers to the power of integers
/// are multiplied out and wrap; a negative power gives 0, or 1 for the base 1.
public func pow(_ x: Tensor, _ y: Tensor) -> Tensor {
  guard !x.dtype.isInexact, !y.dtype.isInexact else { return elementwise(Pow(), x, y) }
  guard var (base, exponent) = promoted(x, y) else { return elementwise(Pow(), x, y) }
  if base.dtype == .bool {
    (base, exponent) = (base.converted(.defaultInteger), exponent.converted(.defaultInteger))
  }
  let one = Tensor(1, dtype: base.dtype)
  let negative = exponent .< Tensor(0, dtype: exponent.dtype)
  let inverse = which(base .== one, one, Tensor(0, dtype: base.dtype))
  var result = Tensor.full(base.shape, 1, dtype: base.dtype)
  let original = base
  for _ in 0..<base.dtype.byteSize * 8 {
    result = which(elementwise(And(), exponent, one) .!= 0, result * base, result)
    base = base * base
    exponent = elementwise(ShiftRightLogical(), exponent, one)
  }
  return original.dtype.isUnsigned ? result : which(negative, inverse, result)
}

/// Raises to a constant power.
public func pow(_ x: Tensor, _ exponent: Double) -> Tensor {
  if exponent == exponent.rounded(), exponent.magnitude < 64, x.dtype.isInexact {
    return pow(x, Int(exponent))
  }
  return elementwise(Pow(), inexact(x), Tensor(exponent))
}

/// Divides and rounds down, as Python's `//`; a division of integers by 0 gives -1.
public func floorDivide(_ x: Tensor, _ y: Tensor) -> Tensor {
  if x.dtype.isInexact || y.dtype.isInexact { return floor(x / y) }
  let quotient = elementwise(Div(), x, y)
  if quotient.dtype.isUnsigned { return quotient }
  let inexactAndNegative = logicalAnd(
    sign(x) .!= sign(y), elementwise(Rem(), x, y) .!= Tensor(0, dtype: quotient.dtype))
  return which(inexactAndNegative, quotient - 1, quotient)
}

/// Computes the remainder with the sign of the divisor, as Python's `%`.
public func remainder(_ x: Tensor, _ y: Tensor) -> Tensor {
  let rest = elementwise(Rem(), x, y)
  if rest.dtype.isUnsigned { return rest }
  let wrongSign = logicalAnd((rest .< 0) .!= (y .< 0), rest .!= 0)
  return which(wrongSign, rest + y, rest)
}

/// Computes the remainder with the sign of the dividend, as C's `fmod`.
public func fmod(_ x: Tensor, _ y: Tensor) -> Tensor { elementwise(Rem(), x, y) }

/// Finds the float next to `x` in the direction of `y`, with promotion and broadcasting.
public func nextAfter(_ x: Tensor, _ y: Tensor) -> Tensor {
  elementwise(NextAfter(), inexact(x), inexact(y))
}

/// Converts bool tensors as they are, others by asking whether they are not 0.
private func truth(_ x: Tensor) -> Tensor { x.dtype == .bool ? x : x.cast(to: .bool) }

/// Tells whether both hold, with broadcasting.
public func logicalAnd(_ x: Tensor, _ y: Tensor) -> Tensor {
  elementwise(And(), truth(x), truth(y))
}

/// Tells whether either holds, with broadcasting.
public func logicalOr(_ x: Tensor, _ y: Tensor) -> Tensor { elementwise(Or(), truth(x), truth(y)) }

/// Tells whether exactly one holds, with broadcasting.
public func logicalXor(_ x: Tensor, _ y: Tensor) -> Tensor {
  elementwise(Xor(), truth(x), truth(y))
}

/// Tells whether it does not hold.
public func logicalNot(_ x: Tensor) -> Tensor { Not()(truth(x)) }

/// Takes the bits set in both of two integers or bools, with promotion and broadcasting.
public func bitwiseAnd(_ x: Tensor, _ y: Tensor) -> Tensor { elementwise(And(), x, y) }

/// Takes the bits set in either of two integers or bools, with promotion and broadcasting.
public func bitwiseOr(_ x: Tensor, _ y: Tensor) -> Tensor { elementwise(Or(), x, y) }

/// Takes the bits set in one of two integers or bools alone, with promotion and broadcasting.
public func bitwiseXor(_ x: Tensor, _ y: Tensor) -> Tensor { elementwise(Xor(), x, y) }

/// Turns every bit of an integer over; of a bool, takes the other truth value.
public func bitwiseNot(_ x: Tensor) -> Tensor { Not()(x) }

/// Moves the bits of an integer up; 0 from the width on.
public func leftShift(_ x: Tensor, _ y: Tensor) -> Tensor { elementwise(ShiftLeft(), x, y) }

/// Moves the bits of an integer down; the sign follows for signed types.
public func rightShift(_ x: Tensor, _ y: Tensor) -> Tensor {
  x.dtype.isUnsigned
    ? elementwise(ShiftRightLogical(), x, y) : elementwise(ShiftRightArithmetic(), x, y)
}

/// Tells whether elements are equal within `absolute + relative * |y|`; NaN equals nothing.
public func isClose(
  _ x: Tensor, _ y: Tensor, relative: Double = 1e-5, absolute: Double = 1e-8
) -> Tensor {
  let (a, b) = (inexact(x), inexact(y))
  let close = abs(a - b) .<= abs(b) * relative + absolute
  return logicalOr(a .== b, logicalAnd(close, isFinite(b)))
}

/// Tells whether all elements are equal within `absolute + relative * |y|`; a bool scalar.
public func allClose(
  _ x: Tensor, _ y: Tensor, relative: Double = 1e-5, absolute: Double = 1e-8
) -> Tensor {
  all(isClose(x, y, relative: relative, absolute: absolute))
}
