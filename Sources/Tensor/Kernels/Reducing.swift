import CKernels

/// Runs C reduction kernels over any axes of a strided array.
package enum Reducing {
  /// Reduces `axes` to one element each.
  ///
  /// Each result is computed by one kernel call, in an order that depends on the shape and the
  /// strides alone, so that results don't depend on the number of threads. Strided arrays are read
  /// where they lie, unless the axes that are reduced or kept lie mixed.
  package static func reduce(
    _ kernel: ck_reduce_fn, _ x: NDArray, axes: [Int], into y: NDArray
  ) {
    guard y.count > 0 else { return }
    if x.count == 0 {
      // Of no elements: the identity.
      kernel(x.data, 0, 0, 1, y.count, y.data)
    } else if let plan = Plan(x, axes) {
      plan.run(kernel, x, y)
    } else if let inner = innerRun(x, axes) {
      // The axes lie apart: those that follow each other in memory first.
      let part = NDArray(uninitialized: y.dtype, x.shape.removing(inner))
      reduce(kernel, x, axes: inner, into: part)
      let rest = axes.filter { !inner.contains($0) }
      let shifted = rest.map { axis in axis - inner.count { $0 < axis } }
      reduce(kernel, part, axes: shifted, into: y)
    } else {
      let kept = x.shape.indices.filter { !axes.contains($0) }
      let ordered = x.transposed(kept + axes).contiguous()
      reduce(kernel, ordered, axes: Array(kept.count..<x.shape.rank), into: y)
    }
  }

  /// The axes of the reduction that end with the one of the smallest stride, as far as they make one
  /// run; nil where parts can't be reduced on their own: halves would be rounded twice.
  private static func innerRun(_ x: NDArray, _ axes: [Int]) -> [Int]? {
    guard x.dtype != .float16, x.dtype != .bfloat16 else { return nil }
    let strides = x.strides
    guard let last = axes.min(by: { Swift.abs(strides[$0]) < Swift.abs(strides[$1]) }) else {
      return nil
    }
    var run = [last]
    for axis in axes.reversed() where axis < last {
      guard axis == run[0] - 1, strides[axis] == strides[run[0]] * x.shape.dimensions[run[0]]
      else { break }
      run.insert(axis, at: 0)
    }
    return run.count < axes.count ? run : nil
  }

  /// A reduction as kernel calls: one run of elements is reduced for each of a run that is kept, in
  /// each of the places of the other axes.
  private struct Plan {
    private let reduced: (size: Int, stride: Int)
    /// The kept axes that one call goes through.
    private let kept: (size: Int, stride: Int)
    /// The kept axes before them.
    private let outer: RowLoop.Axes

    /// Nil if the reduced axes don't make one run, or a kernel would go through memory in long steps.
    init?(_ x: NDArray, _ axes: [Int]) {
      let (sizes, strides) = (x.shape.dimensions, x.strides)
      let run = RowLoop.Axes(Shape(axes.map { sizes[$0] }), [axes.map { strides[$0] }])
      guard run.sizes.count <= 1 else { return nil }
      reduced = (run.sizes.first ?? 1, run.strides[0].first ?? 0)
      let places = x.shape.indices.filter { !axes.contains($0) }
      let shape = Shape(places.map { sizes[$0] })
      var outer = RowLoop.Axes(shape, [places.map { strides[$0] }])
      let last = outer.sizes.count - 1
      // What lies across is better copied by blocks.
      guard
        Swift.abs(reduced.stride) <= 8 || last < 0 || outer.strides[0][last] == 1
          || x.count <= RowLoop.parallelThreshold
      else { return nil }
      kept = last < 0 ? (1, 1) : (outer.sizes[last], outer.strides[0][last])
      if last >= 0 { outer = outer.removing([last]) }
      self.outer = outer
    }

    /// Runs the kernel, over threads where there is enough to do.
    func run(_ kernel: ck_reduce_fn, _ x: NDArray, _ y: NDArray) {
      let (size, width) = (x.dtype.byteSize, y.dtype.byteSize)
      func call(_ place: Int, _ range: Range<Int>) {
        let first = outer.offset(place, 0) + range.lowerBound * kept.stride
        kernel(
          x.data + first * size, reduced.stride, reduced.size, kept.stride, range.count,
          y.data + (place * kept.size + range.lowerBound) * width)
      }
      let places = outer.elementCount
      guard x.count > RowLoop.parallelThreshold else {
        for place in 0..<places { call(place, 0..<kept.size) }
        return
      }
      // Columns are cut no finer than a cache line.
      let grain = max(16, RowLoop.parallelThreshold / 2 / max(1, reduced.size))
      if kept.size <= grain {
        parallelRanges(places, grain: max(1, grain / max(1, kept.size))) {
          for place in $0 { call(place, 0..<kept.size) }
        }
      } else {
        let pieces = (kept.size + grain - 1) / grain
        parallelFor(places * pieces) { index, _ in
          let (place, piece) = index.quotientAndRemainder(dividingBy: pieces)
          call(place, piece * grain..<min(kept.size, (piece + 1) * grain))
        }
      }
    }
  }
}
