import CKernels

/// The largest integer not above x. https://openxla.org/stablehlo/spec#floor
package struct Floor: UnaryElementwise, NonDifferentiable {
  package static let name = "floor"

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_unary_fn? { ck_floor(dtype) }
}
