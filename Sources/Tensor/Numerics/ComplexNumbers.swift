/// Makes complex numbers of real and imaginary parts, with promotion and broadcasting.
///
/// The parts become float32 or float64, and the result complex64 or complex128. Mirrors
/// `jax.lax.complex`.
public func complex(_ real: Tensor, _ imaginary: Tensor) -> Tensor {
  func part(_ x: Tensor) -> Tensor {
    let x = inexact(x)
    return x.dtype.byteSize == 2 ? x.cast(to: .float32) : x
  }
  return elementwise(MakeComplex(), part(real), part(imaginary))
}

/// Takes the real part; of real numbers, the numbers themselves.
public func real(_ x: Tensor) -> Tensor { x.dtype.isComplex ? Real()(x) : x }

/// Takes the imaginary part; of real numbers, zeros.
public func imag(_ x: Tensor) -> Tensor {
  x.dtype.isComplex ? Imag()(x) : Tensor.zeros(x.shape, dtype: x.dtype)
}

/// Takes the complex conjugate; real numbers stay.
public func conj(_ x: Tensor) -> Tensor { x.dtype.isComplex ? Conj()(x) : x }

/// Takes the angle of complex numbers from the positive real axis, in radians, from -pi to pi.
///
/// Of real numbers it is 0, or pi below 0. Mirrors `jnp.angle`.
public func angle(_ x: Tensor) -> Tensor {
  let x = inexact(x)
  return atan2(imag(x), real(x))
}

/// Does a function of reals on both parts of complex numbers, or on real numbers.
package func byParts(_ x: Tensor, _ function: (Tensor) -> Tensor) -> Tensor {
  guard x.dtype.isComplex else { return function(x) }
  return complex(function(real(x)), function(imag(x)))
}

/// The squares of the magnitudes, as real numbers.
package func squaredMagnitude(_ x: Tensor) -> Tensor {
  x.dtype.isComplex ? square(real(x)) + square(imag(x)) : square(x)
}
