/// Converts bool and integers to the default float type, as NumPy's functions of reals do.
package func inexact(_ x: Tensor) -> Tensor {
  x.dtype.isInexact ? x : x.converted(.defaultFloat, isWeak: x.type.isWeak)
}

/// Raises e to the power of each element; integers give floats.
public func exp(_ x: Tensor) -> Tensor { Exp()(inexact(x)) }

/// Raises 2 to the power of each element; integers give floats.
public func exp2(_ x: Tensor) -> Tensor { Exp2()(inexact(x)) }

/// Computes exp(x) - 1 without loss of precision near 0.
public func expm1(_ x: Tensor) -> Tensor { Expm1()(inexact(x)) }

/// Takes the natural logarithm: -inf at 0, NaN below.
public func log(_ x: Tensor) -> Tensor { Log()(inexact(x)) }

/// Takes the logarithm to base 2.
public func log2(_ x: Tensor) -> Tensor { byParts(log(x)) { $0 / Double.ln2 } }

/// Takes the logarithm to base 10.
public func log10(_ x: Tensor) -> Tensor { byParts(log(x)) { $0 / 2.302585092994045684018 } }

/// Computes log(1 + x) without loss of precision near 0.
public func log1p(_ x: Tensor) -> Tensor { Log1p()(inexact(x)) }

/// Takes the square root: NaN below 0.
public func sqrt(_ x: Tensor) -> Tensor { Sqrt()(inexact(x)) }

/// Computes 1 / sqrt(x).
public func rsqrt(_ x: Tensor) -> Tensor { Rsqrt()(inexact(x)) }

/// Takes the cube root, also of negative numbers.
public func cbrt(_ x: Tensor) -> Tensor { Cbrt()(inexact(x)) }

/// Squares each element.
public func square(_ x: Tensor) -> Tensor { x.dtype == .bool ? x : Square()(x) }

/// Computes 1 / x.
public func reciprocal(_ x: Tensor) -> Tensor { 1 / inexact(x) }

/// Takes the sine, in radians.
public func sin(_ x: Tensor) -> Tensor { Sin()(inexact(x)) }

/// Takes the cosine, in radians.
public func cos(_ x: Tensor) -> Tensor { Cos()(inexact(x)) }

/// Takes the tangent, in radians.
public func tan(_ x: Tensor) -> Tensor { Tan()(inexact(x)) }

/// Takes the inverse sine, in radians: NaN outside of [-1, 1].
public func asin(_ x: Tensor) -> Tensor { Asin()(inexact(x)) }

/// Takes the inverse cosine, in radians: NaN outside of [-1, 1].
public func acos(_ x: Tensor) -> Tensor { Acos()(inexact(x)) }

/// Takes the inverse tangent, in radians.
public func atan(_ x: Tensor) -> Tensor { Atan()(inexact(x)) }

/// Takes the angle of the point (x, y), in radians, with promotion and broadcasting.
public func atan2(_ y: Tensor, _ x: Tensor) -> Tensor {
  elementwise(Atan2(), inexact(y), inexact(x))
}

/// Takes the hyperbolic sine.
public func sinh(_ x: Tensor) -> Tensor { Sinh()(inexact(x)) }

/// Takes the hyperbolic cosine.
public func cosh(_ x: Tensor) -> Tensor { Cosh()(inexact(x)) }

/// Takes the hyperbolic tangent.
public func tanh(_ x: Tensor) -> Tensor { Tanh()(inexact(x)) }

/// Takes the inverse hyperbolic sine.
public func asinh(_ x: Tensor) -> Tensor { Asinh()(inexact(x)) }

/// Takes the inverse hyperbolic cosine: NaN below 1.
public func acosh(_ x: Tensor) -> Tensor { Acosh()(inexact(x)) }

/// Takes the inverse hyperbolic tangent: NaN outside of [-1, 1].
public func atanh(_ x: Tensor) -> Tensor { Atanh()(inexact(x)) }

/// Computes the error function.
public func erf(_ x: Tensor) -> Tensor { Erf()(inexact(x)) }

/// Computes one minus the error function without loss of precision for large x.
public func erfc(_ x: Tensor) -> Tensor { Erfc()(inexact(x)) }

/// Computes the inverse of the error function: infinite at -1 and 1, NaN outside.
public func erfInv(_ x: Tensor) -> Tensor { ErfInv()(inexact(x)) }

/// Computes the logarithm of the magnitude of the gamma function.
public func lgamma(_ x: Tensor) -> Tensor { Lgamma()(inexact(x)) }

/// Computes the derivative of `lgamma`.
public func digamma(_ x: Tensor) -> Tensor { Digamma()(inexact(x)) }

/// Computes log(exp(x) + exp(y)) without overflow.
///
/// Infinite where either is +inf; -inf where both are -inf. Mirrors `jax.numpy.logaddexp`.
public func logAddExp(_ x: Tensor, _ y: Tensor) -> Tensor {
  logAddExp(x, y, LogAddExp())
}

func logAddExp(_ x: Tensor, _ y: Tensor, _ operation: LogAddExp) -> Tensor {
  guard let (a, b) = promoted(inexact(x), inexact(y)) else { return bind(Add(), x, y) }
  return bind(operation, a, b)
}
