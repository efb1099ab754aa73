extension NDArray {
  /// The axes in another order; `permutation[i]` is the axis that becomes axis i.
  package func transposed(_ permutation: [Int]) -> NDArray {
    let sizes = shape.dimensions
    let strides = strides
    return view(Shape(permutation.map { sizes[$0] }), strides: permutation.map { strides[$0] })
  }

  /// The array repeated to `shape`; axis i of it becomes axis `axes[i]`.
  package func broadcast(to shape: Shape, axes: [Int]) -> NDArray {
    var result = [Int](repeating: 0, count: shape.rank)
    let strides = strides
    for (axis, target) in axes.enumerated() where self.shape.dimensions[axis] != 1 {
      result[target] = strides[axis]
    }
    return view(shape, strides: result)
  }

  /// The elements from `start` to below `limit` in steps of `step`, an axis each.
  package func sliced(start: [Int], step: [Int], to shape: Shape) -> NDArray {
    let strides = strides
    var offset = 0
    for (begin, stride) in zip(start, strides) { offset += begin * stride }
    return view(
      shape, strides: zip(strides, step).map(*), offset: shape.elementCount == 0 ? 0 : offset)
  }

  /// The array with the order of `axes` turned round.
  package func reversed(_ axes: [Int]) -> NDArray {
    var strides = strides
    var offset = 0
    for axis in axes where shape.dimensions[axis] > 1 {
      offset += (shape.dimensions[axis] - 1) * strides[axis]
      strides[axis] = -strides[axis]
    }
    return view(shape, strides: strides, offset: offset)
  }

  /// The elements in the same order under another shape: a view where the strides allow it.
  package func reshaped(to target: Shape) -> NDArray {
    if isContiguous { return view(target, strides: nil) }
    if let strides = stridesReshaped(to: target) { return view(target, strides: strides) }
    return contiguous().view(target, strides: nil)
  }

  /// The strides that give `target` without a copy; nil if there are none.
  ///
  /// Splits both shapes into runs of equal element count; a run of the source must itself be
  /// mergeable into one axis.
  private func stridesReshaped(to target: Shape) -> [Int]? {
    guard count > 0 else { return nil }
    let source = zip(shape.dimensions, strides).filter { $0.0 != 1 }
    var result = [Int](repeating: 0, count: target.rank)
    var sourceAxis = 0
    var targetAxis = 0
    while sourceAxis < source.count || targetAxis < target.rank {
      if targetAxis < target.rank, target.dimensions[targetAxis] == 1 {
        targetAxis += 1
        continue
      }
      guard sourceAxis < source.count, targetAxis < target.rank else { return nil }
      let firstTarget = targetAxis
      var have = source[sourceAxis].0
      var want = target.dimensions[targetAxis]
      while have != want {
        if have < want {
          guard sourceAxis + 1 < source.count,
            source[sourceAxis].1 == source[sourceAxis + 1].1 * source[sourceAxis + 1].0
          else { return nil }
          sourceAxis += 1
          have *= source[sourceAxis].0
        } else {
          guard targetAxis + 1 < target.rank else { return nil }
          targetAxis += 1
          want *= target.dimensions[targetAxis]
        }
      }
      var step = source[sourceAxis].1
      for axis in (firstTarget...targetAxis).reversed() {
        result[axis] = step
        step *= target.dimensions[axis]
      }
      sourceAxis += 1
      targetAxis += 1
    }
    return result
  }
}
