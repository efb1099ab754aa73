import CKernels

/// Whether the left element is greater than the right. https://openxla.org/stablehlo/spec#compare
package struct Gt: BinaryElementwise, NonDifferentiable {
  package static let name = "gt"
  package static let expectedTypes = "a number type or bool"

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_binary_fn? { ck_gt(dtype) }

  package static func resultType(of dtype: DType) -> DType { .bool }
}
