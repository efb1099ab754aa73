import CKernels

/// The inverse tangent. https://openxla.org/stablehlo/generated/chlo
package struct Atan: UnaryElementwise {
  package static let name = "atan"
  package static let isTranscendental = true

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_unary_fn? { ck_atan(dtype) }

  package func tangent(_ t: Tensor, x: Tensor, y: Tensor) -> Tensor? { t / (x * x + 1) }
}
