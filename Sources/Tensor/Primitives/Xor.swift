import CKernels

/// The bits set in one alone. https://openxla.org/stablehlo/spec#xor
package struct Xor: BinaryElementwise, NonDifferentiable {
  package static let name = "xor"
  package static let expectedTypes = "bool or an integer type"

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_binary_fn? { ck_xor(dtype) }
}
