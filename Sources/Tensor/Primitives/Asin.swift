import CKernels

/// The inverse sine. https://openxla.org/stablehlo/generated/chlo
package struct Asin: UnaryElementwise {
  package static let name = "asin"
  package static let isTranscendental = true

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_unary_fn? { ck_asin(dtype) }

  package func tangent(_ t: Tensor, x: Tensor, y: Tensor) -> Tensor? { t * Rsqrt()(1 - x * x) }
}
