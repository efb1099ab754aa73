import CKernels

/// The product of the elements up to each one along an axis.
/// Source: https://docs.jax.dev/en/latest/_autosummary/jax.lax.cumprod.html
package struct CumProd: Cumulative {
  package static let name = "cumprod"
  package let axis: Int
  package let reverse: Bool

  package init(axis: Int, reverse: Bool) {
    self.axis = axis
    self.reverse = reverse
  }

  package static func kernel(_ dtype: ck_dtype) -> ck_scan_fn? { ck_cumprod(dtype) }

  package static func combine(
    _ a: (value: Tensor, tangent: Tensor), _ b: (value: Tensor, tangent: Tensor)
  ) -> (value: Tensor, tangent: Tensor) {
    // The product rule.
    (
      Mul()(a.value, b.value),
      Add()(Mul()(a.tangent, b.value), Mul()(b.tangent, a.value))
    )
  }
}
