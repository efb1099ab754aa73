import CKernels

/// The sum of the elements up to each one along an axis.
/// Source: https://docs.jax.dev/en/latest/_autosummary/jax.lax.cumsum.html
package struct CumSum: Cumulative {
  package static let name = "cumsum"
  package let axis: Int
  package let reverse: Bool

  package init(axis: Int, reverse: Bool) {
    self.axis = axis
    self.reverse = reverse
  }

  package static func kernel(_ dtype: ck_dtype) -> ck_scan_fn? { ck_cumsum(dtype) }

  package static func combine(
    _ a: (value: Tensor, tangent: Tensor), _ b: (value: Tensor, tangent: Tensor)
  ) -> (value: Tensor, tangent: Tensor) {
    (Add()(a.value, b.value), Add()(a.tangent, b.tangent))
  }

  /// It is linear: its tangent is that of the tangent.
  package func jvp(
    _ primals: [Tensor], _ tangents: [Tensor?]
  ) -> (primals: [Tensor], tangents: [Tensor?]) {
    (bind(self, primals), [tangents[0].map { bind(self, $0) }])
  }

  package func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    [cotangents[0].map { bind(CumSum(axis: axis, reverse: !reverse), $0) }]
  }
}
