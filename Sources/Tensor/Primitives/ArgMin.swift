import CKernels

/// The index of the first smallest element along an axis; the first NaN wins over all.
///
/// Mirrors `jax.lax.argmin`, with int32 indices.
package struct ArgMin: IndexReduction {
  package static let name = "argmin"
  package let axes: [Int]

  package init(axes: [Int]) { self.axes = axes }

  package init(axis: Int) { axes = [axis] }

  package static func kernel(_ dtype: ck_dtype) -> ck_reduce_fn? { ck_argmin(dtype) }
}
