import CKernels

/// The reciprocal square root. https://openxla.org/stablehlo/spec#rsqrt
package struct Rsqrt: UnaryElementwise {
  package static let name = "rsqrt"
  package static let isTranscendental = true

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_unary_fn? { ck_rsqrt(dtype) }

  package func tangent(_ t: Tensor, x: Tensor, y: Tensor) -> Tensor? { t * (-0.5 * (y / x)) }
}
