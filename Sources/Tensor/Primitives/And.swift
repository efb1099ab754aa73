import CKernels

/// The bits set in both. https://openxla.org/stablehlo/spec#and
package struct And: BinaryElementwise, NonDifferentiable {
  package static let name = "and"
  package static let expectedTypes = "bool or an integer type"

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_binary_fn? { ck_and(dtype) }
}
