import CKernels

/// The number of zero bits above the highest set bit.
/// https://openxla.org/stablehlo/spec#count_leading_zeros
package struct Clz: UnaryElementwise, NonDifferentiable {
  package static let name = "clz"
  package static let expectedTypes = "an integer type"

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_unary_fn? { ck_clz(dtype) }
}
