import CKernels

/// The cube root. https://openxla.org/stablehlo/spec#cbrt
package struct Cbrt: UnaryElementwise {
  package static let name = "cbrt"
  package static let isTranscendental = true

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_unary_fn? { ck_cbrt(dtype) }

  package func tangent(_ t: Tensor, x: Tensor, y: Tensor) -> Tensor? { t * (y / (x * 3)) }
}
