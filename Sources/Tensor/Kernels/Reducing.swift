import CKernels

/// Runs C reduction kernels over any axes of a strided array.
package enum Reducing {
  /// Brings the array to [outer, reduced, inner] and reduces the middle.
  ///
  /// Each result is computed by one kernel call in an order that depends on the shape alone, so
  /// that results don't depend on the number of threads.
  package static func reduce(
    _ kernel: ck_reduce_fn, _ x: NDArray, axes: [Int], into y: NDArray
  ) {
    let (x, outer, reduced, inner) = grouped(x, axes)
    defer { withExtendedLifetime(x) {} }
    let size = x.dtype.byteSize
    let width = y.dtype.byteSize
    guard y.count > 0 else { return }
    guard x.count > RowLoop.parallelThreshold else {
      for row in 0..<outer {
        kernel(
          x.data + row * reduced * inner * size, inner, reduced, 1, inner,
          y.data + row * inner * width)
      }
      return
    }
    if outer >= threadCount * 2 || inner == 1 {
      let grain = max(1, RowLoop.parallelThreshold / 2 / max(1, reduced * inner))
      parallelRanges(outer, grain: grain) { rows in
        for row in rows {
          kernel(
            x.data + row * reduced * inner * size, inner, reduced, 1, inner,
            y.data + row * inner * width)
        }
      }
    } else {
      // Few long column reductions: split the columns, at least a cache line each.
      let grain = max(16, RowLoop.parallelThreshold / 2 / max(1, reduced))
      let pieces = (inner + grain - 1) / grain
      parallelFor(outer * pieces) { index, _ in
        let (row, piece) = index.quotientAndRemainder(dividingBy: pieces)
        let first = piece * grain
        kernel(
          x.data + (row * reduced * inner + first) * size, inner, reduced, 1,
          min(grain, inner - first), y.data + (row * inner + first) * width)
      }
    }
  }

  /// A contiguous array of which the reduced axes are one run, and the sizes around it.
  private static func grouped(
    _ x: NDArray, _ axes: [Int]
  ) -> (array: NDArray, outer: Int, reduced: Int, inner: Int) {
    let sizes = x.shape.dimensions
    let reduced = axes.reduce(1) { $0 * sizes[$1] }
    guard let first = axes.first, let last = axes.last else {
      return (x.contiguous(), x.count, 1, 1)
    }
    let between = (first...last).filter { !axes.contains($0) && sizes[$0] != 1 }
    if between.isEmpty {
      let outer = sizes[..<first].reduce(1, *)
      let inner = sizes[(last + 1)...].reduce(1, *)
      return (x.contiguous(), outer, reduced, inner)
    }
    let kept = x.shape.indices.filter { !axes.contains($0) }
    return (x.transposed(kept + axes).contiguous(), x.count / max(1, reduced), reduced, 1)
  }
}
