import CKernels

/// Whether x is neither infinite nor NaN. https://openxla.org/stablehlo/spec#is_finite
package struct IsFinite: UnaryElementwise, NonDifferentiable {
  package static let name = "is_finite"

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_unary_fn? { ck_is_finite(dtype) }

  package static func resultType(of dtype: DType) -> DType { .bool }
}
