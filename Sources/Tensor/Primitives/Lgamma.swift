import CKernels

/// The logarithm of the magnitude of the gamma function.
/// https://openxla.org/stablehlo/generated/chlo
package struct Lgamma: UnaryElementwise {
  package static let name = "lgamma"
  package static let isTranscendental = true

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_unary_fn? { ck_lgamma(dtype) }

  package func tangent(_ t: Tensor, x: Tensor, y: Tensor) -> Tensor? { t * Digamma()(x) }
}
