import CKernels

/// The sine. https://openxla.org/stablehlo/spec#sine
package struct Sin: UnaryElementwise {
  package static let name = "sin"
  package static let isTranscendental = true

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_unary_fn? { ck_sin(dtype) }

  package func tangent(_ t: Tensor, x: Tensor, y: Tensor) -> Tensor? { t * Cos()(x) }
}
