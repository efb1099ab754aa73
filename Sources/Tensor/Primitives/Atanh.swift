import CKernels

/// The inverse hyperbolic tangent. https://openxla.org/stablehlo/generated/chlo
package struct Atanh: UnaryElementwise {
  package static let name = "atanh"
  package static let isTranscendental = true

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_unary_fn? { ck_atanh(dtype) }

  package func tangent(_ t: Tensor, x: Tensor, y: Tensor) -> Tensor? { t / ((1 - x) * (1 + x)) }
}
