import CKernels

/// The largest of the elements up to each one along an axis.
/// Source: https://docs.jax.dev/en/latest/_autosummary/jax.lax.cummax.html
package struct CumMax: Cumulative {
  package static let name = "cummax"
  package let axis: Int
  package let reverse: Bool

  package init(axis: Int, reverse: Bool) {
    self.axis = axis
    self.reverse = reverse
  }

  package static func kernel(_ dtype: ck_dtype) -> ck_scan_fn? { ck_cummax(dtype) }

  package static func combine(
    _ a: (value: Tensor, tangent: Tensor), _ b: (value: Tensor, tangent: Tensor)
  ) -> (value: Tensor, tangent: Tensor) {
    let result = Max().jvp([a.value, b.value], [a.tangent, b.tangent])
    return (result.primals[0], result.tangents[0] ?? b.tangent)
  }
}
