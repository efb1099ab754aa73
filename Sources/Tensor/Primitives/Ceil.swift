import CKernels

/// The smallest integer not below x. https://openxla.org/stablehlo/spec#ceil
package struct Ceil: UnaryElementwise, NonDifferentiable {
  package static let name = "ceil"

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_unary_fn? { ck_ceil(dtype) }
}
