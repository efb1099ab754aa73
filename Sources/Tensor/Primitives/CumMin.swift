import CKernels

/// The smallest of the elements up to each one along an axis.
/// Source: https://docs.jax.dev/en/latest/_autosummary/jax.lax.cummin.html
package struct CumMin: Cumulative {
  package static let name = "cummin"
  package let axis: Int
  package let reverse: Bool

  package init(axis: Int, reverse: Bool) {
    self.axis = axis
    self.reverse = reverse
  }

  package static func kernel(_ dtype: ck_dtype) -> ck_scan_fn? { ck_cummin(dtype) }

  package static func combine(
    _ a: (value: Tensor, tangent: Tensor), _ b: (value: Tensor, tangent: Tensor)
  ) -> (value: Tensor, tangent: Tensor) {
    let result = Min().jvp([a.value, b.value], [a.tangent, b.tangent])
    return (result.primals[0], result.tangents[0] ?? b.tangent)
  }
}
