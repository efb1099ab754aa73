import CKernels

/// The index of the first largest element along an axis; the first NaN wins over all.
///
/// Mirrors `jax.lax.argmax`, with int32 indices.
package struct ArgMax: IndexReduction {
  package static let name = "argmax"
  package let axes: [Int]

  package init(axes: [Int]) { self.axes = axes }

  package init(axis: Int) { axes = [axis] }

  package static func kernel(_ dtype: ck_dtype) -> ck_reduce_fn? { ck_argmax(dtype) }
}
