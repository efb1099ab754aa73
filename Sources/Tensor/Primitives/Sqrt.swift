import CKernels

/// The square root. https://openxla.org/stablehlo/spec#sqrt
package struct Sqrt: UnaryElementwise {
  package static let name = "sqrt"
  package static let isTranscendental = true

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_unary_fn? { ck_sqrt(dtype) }

  package func tangent(_ t: Tensor, x: Tensor, y: Tensor) -> Tensor? { t * (0.5 / y) }
}
