import CKernels

/// Whether the left element is at most the right. https://openxla.org/stablehlo/spec#compare
package struct Le: BinaryElementwise, NonDifferentiable {
  package static let name = "le"
  package static let expectedTypes = "a number type or bool"

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_binary_fn? { ck_le(dtype) }

  package static func resultType(of dtype: DType) -> DType { .bool }
}
