import CKernels

/// The inverse hyperbolic cosine. https://openxla.org/stablehlo/generated/chlo
package struct Acosh: UnaryElementwise {
  package static let name = "acosh"
  package static let isTranscendental = true

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_unary_fn? { ck_acosh(dtype) }

  package func tangent(_ t: Tensor, x: Tensor, y: Tensor) -> Tensor? {
    t * Rsqrt()((x - 1) * (x + 1))
  }
}
