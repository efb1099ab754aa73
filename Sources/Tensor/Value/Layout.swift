/// How the elements of a view lie in memory: sizes, strides and an offset, in elements.
///
/// The views of an array are functions of this alone; a compiler computes them without an array.
package struct Layout: Hashable, Sendable {
  package let shape: Shape
  package let strides: [Int]
  package let offset: Int

  package init(_ shape: Shape, strides: [Int], offset: Int = 0) {
    self.shape = shape
    self.strides = strides
    self.offset = offset
  }

  /// Row-major, without gaps.
  package init(contiguous shape: Shape) {
    self.init(shape, strides: shape.rowMajorStrides)
  }

  /// Whether the elements follow each other in row-major order.
  ///
  /// Axes of size 1 may have any stride; a layout without elements is row-major.
  package var isContiguous: Bool {
    var step = 1
    for axis in shape.dimensions.indices.reversed() {
      let size = shape.dimensions[axis]
      if size == 0 { return true }
      if size != 1 && strides[axis] != step { return false }
      step *= size
    }
    return true
  }

  /// The axes in another order; `permutation[i]` is the axis that becomes axis i.
  package func transposed(_ permutation: [Int]) -> Layout {
    let sizes = shape.dimensions
    return Layout(
      Shape(permutation.map { sizes[$0] }), strides: permutation.map { strides[$0] },
      offset: offset)
  }

  /// The array repeated to `shape`; axis i of it becomes axis `axes[i]`.
  package func broadcast(to shape: Shape, axes: [Int]) -> Layout {
    var result = [Int](repeating: 0, count: shape.rank)
    for (axis, target) in axes.enumerated() where self.shape.dimensions[axis] != 1 {
      result[target] = strides[axis]
    }
    return Layout(shape, strides: result, offset: offset)
  }

  /// The elements from `start` in steps of `step`, an axis each.
  package func sliced(start: [Int], step: [Int], to shape: Shape) -> Layout {
    var offset = offset
    if shape.elementCount > 0 {
      for (begin, stride) in zip(start, strides) { offset += begin * stride }
    }
    return Layout(shape, strides: zip(strides, step).map(*), offset: offset)
  }

  /// The order of `axes` turned round.
  package func reversed(_ axes: [Int]) -> Layout {
    var strides = strides
    var offset = offset
    for axis in axes where shape.dimensions[axis] > 1 {
      offset += (shape.dimensions[axis] - 1) * strides[axis]
      strides[axis] = -strides[axis]
    }
    return Layout(shape, strides: strides, offset: offset)
  }

  /// The elements in the same order under another shape; nil if that takes a copy.
  ///
  /// Splits both shapes into runs of equal element count; a run of the source must itself be
  /// mergeable into one axis.
  package func reshaped(to target: Shape) -> Layout? {
    if isContiguous { return Layout(target, strides: target.rowMajorStrides, offset: offset) }
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
    return Layout(target, strides: result, offset: offset)
  }
}
