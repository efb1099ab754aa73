import CKernels

/// 2 to the power of x. https://docs.jax.dev/en/latest/_autosummary/jax.lax.exp2.html
package struct Exp2: UnaryElementwise {
  package static let name = "exp2"
  package static let isTranscendental = true

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_unary_fn? { ck_exp2(dtype) }

  package func tangent(_ t: Tensor, x: Tensor, y: Tensor) -> Tensor? { t * (y * Double.ln2) }
}
