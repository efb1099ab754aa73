import CKernels

/// Whether the left element is equal to the right. https://openxla.org/stablehlo/spec#compare
package struct Eq: BinaryElementwise, NonDifferentiable {
  package static let name = "eq"
  package static let expectedTypes = "a number type or bool"

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_binary_fn? { ck_eq(dtype) }

  package static func resultType(of dtype: DType) -> DType { .bool }
}
