import CKernels

/// The nearest integer, halves going away from zero.
/// https://openxla.org/stablehlo/spec#round_nearest_afz
package struct Round: UnaryElementwise, NonDifferentiable {
  package static let name = "round"

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_unary_fn? { ck_round(dtype) }
}
