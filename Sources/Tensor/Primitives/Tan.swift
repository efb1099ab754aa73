import CKernels

/// The tangent. https://openxla.org/stablehlo/spec#tan
package struct Tan: UnaryElementwise {
  package static let name = "tan"
  package static let isTranscendental = true

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_unary_fn? { ck_tan(dtype) }

  package func tangent(_ t: Tensor, x: Tensor, y: Tensor) -> Tensor? { t * (y * y + 1) }
}
