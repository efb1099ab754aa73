import CKernels

/// The absolute value; its derivative at 0 is 0. https://openxla.org/stablehlo/spec#abs
package struct Abs: UnaryElementwise {
  package static let name = "abs"
  package static let isTranscendental = false

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_unary_fn? { ck_abs(dtype) }

  package func tangent(_ t: Tensor, x: Tensor, y: Tensor) -> Tensor? { t * Sign()(x) }
}
