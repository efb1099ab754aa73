import CKernels

/// The cosine. https://openxla.org/stablehlo/spec#cosine
package struct Cos: UnaryElementwise {
  package static let name = "cos"
  package static let isTranscendental = true

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_unary_fn? { ck_cos(dtype) }

  package func tangent(_ t: Tensor, x: Tensor, y: Tensor) -> Tensor? { -(t * Sin()(x)) }
}
