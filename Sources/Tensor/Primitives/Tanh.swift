import CKernels

/// The hyperbolic tangent. https://openxla.org/stablehlo/spec#tanh
package struct Tanh: UnaryElementwise {
  package static let name = "tanh"
  package static let isTranscendental = true

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_unary_fn? { ck_tanh(dtype) }

  package func tangent(_ t: Tensor, x: Tensor, y: Tensor) -> Tensor? {
    (t + t * y) * (1 - y)
  }
}
