import CKernels

/// The hyperbolic sine. https://openxla.org/stablehlo/generated/chlo
package struct Sinh: UnaryElementwise {
  package static let name = "sinh"
  package static let isTranscendental = true

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_unary_fn? { ck_sinh(dtype) }

  package func tangent(_ t: Tensor, x: Tensor, y: Tensor) -> Tensor? { t * Cosh()(x) }
}
