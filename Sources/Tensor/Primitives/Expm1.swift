import CKernels

/// The exponential function minus 1, exact near 0.
/// https://openxla.org/stablehlo/spec#exponential_minus_one
package struct Expm1: UnaryElementwise {
  package static let name = "expm1"
  package static let isTranscendental = true

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_unary_fn? { ck_expm1(dtype) }

  package func tangent(_ t: Tensor, x: Tensor, y: Tensor) -> Tensor? { t * (y + 1) }
}
