import CKernels

/// The nearest integer, halves going to the even one.
/// https://openxla.org/stablehlo/spec#round_nearest_even
package struct RoundEven: UnaryElementwise, NonDifferentiable {
  package static let name = "round_nearest_even"

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_unary_fn? { ck_round_even(dtype) }
}
