import CKernels

/// The complement of each bit; of a bool, the other truth value.
/// https://openxla.org/stablehlo/spec#not
package struct Not: UnaryElementwise, NonDifferentiable {
  package static let name = "not"
  package static let expectedTypes = "bool or an integer type"

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_unary_fn? { ck_not(dtype) }
}
