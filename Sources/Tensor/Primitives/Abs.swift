import CKernels

/// The absolute value, real also of complex numbers; its derivative at 0 is 1, of complex ones 0.
/// https://openxla.org/stablehlo/spec#abs
package struct Abs: UnaryElementwise {
  package static let name = "abs"
  package static let isTranscendental = false

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_unary_fn? { ck_abs(dtype) }

  package static func resultType(of dtype: DType) -> DType { dtype.realDType }

  package func tangent(_ t: Tensor, x: Tensor, y: Tensor) -> Tensor? {
    guard x.dtype.isComplex else { return Select()(Ge()(x, zeros(like: x)), t, Neg()(t)) }
    // d|x| = Re(conj(x) dx) / |x|.
    return Real()(Mul()(t, Conj()(Sign()(x))))
  }
}
