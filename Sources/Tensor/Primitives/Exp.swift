import CKernels

/// The exponential function. https://openxla.org/stablehlo/spec#exponential
package struct Exp: UnaryElementwise {
  package static let name = "exp"
  package static let isTranscendental = true

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_unary_fn? { ck_exp(dtype) }

  package func tangent(_ t: Tensor, x: Tensor, y: Tensor) -> Tensor? { t * y }
}
