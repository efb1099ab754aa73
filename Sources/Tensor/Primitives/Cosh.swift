import CKernels

/// The hyperbolic cosine. https://openxla.org/stablehlo/generated/chlo
package struct Cosh: UnaryElementwise {
  package static let name = "cosh"
  package static let isTranscendental = true

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_unary_fn? { ck_cosh(dtype) }

  package func tangent(_ t: Tensor, x: Tensor, y: Tensor) -> Tensor? { t * Sinh()(x) }
}
