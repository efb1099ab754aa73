import CKernels

/// The bits set in either. https://openxla.org/stablehlo/spec#or
package struct Or: BinaryElementwise, NonDifferentiable {
  package static let name = "or"
  package static let expectedTypes = "bool or an integer type"

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_binary_fn? { ck_or(dtype) }
}
