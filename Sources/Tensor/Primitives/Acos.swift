import CKernels

/// The inverse cosine. https://openxla.org/stablehlo/generated/chlo
package struct Acos: UnaryElementwise {
  package static let name = "acos"
  package static let isTranscendental = true

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_unary_fn? { ck_acos(dtype) }

  package func tangent(_ t: Tensor, x: Tensor, y: Tensor) -> Tensor? { -(t * Rsqrt()(1 - x * x)) }
}
