import CKernels

/// Gathers slices from an array, and scatters them into one.
package enum Indexing {
  /// Where the slices begin in a contiguous operand, and the runs of memory that make one up.
  private struct Plan {
    /// For each index vector, in row-major order, the offset of its slice; -1 where it is left out.
    var starts: [Int]
    /// The offsets of a slice's runs from its beginning.
    var runs: [Int]
    /// The elements of a run.
    let length: Int

    var sliceCount: Int { runs.count * length }

    init(
      _ operand: Shape, _ indices: NDArray, _ axes: IndexAxes, _ sliceSizes: [Int],
      _ mode: IndexMode
    ) {
      let strides = operand.rowMajorStrides
      // A slice in memory: trailing whole axes are one run with the first partial one.
      var length = 1
      var axis = operand.rank
      while axis > 0 {
        axis -= 1
        length *= sliceSizes[axis]
        if sliceSizes[axis] != operand.dimensions[axis] { break }
      }
      var runs = [0]
      for outer in 0..<axis {
        runs = runs.flatMap { run in
          (0..<sliceSizes[outer]).map { run + $0 * strides[outer] }
        }
      }
      self.length = length
      self.runs = length == 0 ? [] : runs
      starts = Plan.starts(operand, indices, axes, sliceSizes, mode, strides)
    }

    private static func starts(
      _ operand: Shape, _ indices: NDArray, _ axes: IndexAxes, _ sliceSizes: [Int],
      _ mode: IndexMode, _ strides: [Int]
    ) -> [Int] {
      let components = axes.startMap.count
      let batch = Shape(indices.shape.dimensions.dropLast())
      let wide = indices.converted(to: .int64).contiguous()
      let values = wide.pointer(as: Int64.self)
      defer { withExtendedLifetime(wide) {} }
      // An unsigned index above the largest Int64 must not become negative by conversion.
      let isHuge: (Int64) -> Bool = { indices.dtype == .uint64 && $0 < 0 }
      let limits = axes.startMap.map { operand.dimensions[$0] - sliceSizes[$0] }
      let batchStrides = batch.rowMajorStrides
      return (0..<batch.elementCount).map { place in
        var offset = 0
        for (axis, source) in zip(axes.operandBatching, axes.indexBatching) {
          offset += place / batchStrides[source] % batch.dimensions[source] * strides[axis]
        }
        for component in 0..<components {
          let value = values[place * components + component]
          var start = isHuge(value) ? Int.max : Int(value)
          let limit = limits[component]
          if start < 0 || start > limit {
            if case .fill = mode { return -1 }
            start = min(max(start, 0), limit)
          }
          offset += start * strides[axes.startMap[component]]
        }
        return offset
      }
    }
  }

  /// The axes of a result with the slices' axes among those of the indices: where each goes.
  private static func order(_ axes: IndexAxes, _ rank: Int) -> [Int] {
    (0..<rank).filter { !axes.offset.contains($0) } + axes.offset
  }

  package static func gather(
    _ operand: NDArray, _ indices: NDArray, _ axes: IndexAxes, _ sliceSizes: [Int],
    _ mode: IndexMode, _ output: ShapeDtype
  ) -> NDArray {
    let plan = Plan(operand.shape, indices, axes, sliceSizes, mode)
    let source = operand.contiguous()
    let order = order(axes, output.rank)
    let result = NDArray(
      uninitialized: output.dtype, Shape(order.map { output.shape.dimensions[$0] }),
      isWeak: output.isWeak)
    let width = output.dtype.byteSize
    let (runBytes, sliceBytes) = (plan.length * width, plan.sliceCount * width)
    var filler: NDArray?
    if case .fill(let fill) = mode { filler = fill.scalar(output.dtype) }
    let grain = max(1, RowLoop.parallelThreshold / 2 / max(1, plan.sliceCount))
    parallelRanges(plan.starts.count, grain: grain) { range in
      for index in range {
        let start = plan.starts[index]
        let target = result.data + index * sliceBytes
        if start < 0 {
          if let filler { ck_fill(target, filler.data, width, plan.sliceCount) }
          continue
        }
        for (number, run) in plan.runs.enumerated() {
          (target + number * runBytes).copyMemory(
            from: source.data + (start + run) * width, byteCount: runBytes)
        }
      }
    }
    return result.transposed(inverse(order))
  }

  /// Combines updates into a copy of the operand, in the row-major order of the indices.
  package static func scatter(
    _ combination: Scatter.Combination, _ operand: NDArray, _ indices: NDArray, _ updates: NDArray,
    _ axes: IndexAxes, _ sliceSizes: [Int], _ mode: IndexMode, _ output: ShapeDtype
  ) -> NDArray {
    let result = NDArray(uninitialized: output)
    Copying.copy(operand, into: result)
    let leavingOut = mode == .clip ? mode : .fill(.zero)
    let plan = Plan(operand.shape, indices, axes, sliceSizes, leavingOut)
    let source = updates.transposed(order(axes, updates.shape.rank)).contiguous()
    let width = output.dtype.byteSize
    let (runBytes, sliceBytes) = (plan.length * width, plan.sliceCount * width)
    let kernel = combination.kernel(output.dtype.code)
    for (index, start) in plan.starts.enumerated() where start >= 0 {
      let slice = source.data + index * sliceBytes
      for (number, run) in plan.runs.enumerated() {
        let target = result.data + (start + run) * width
        if let kernel {
          kernel(target, 1, slice + number * runBytes, 1, target, plan.length)
        } else {
          target.copyMemory(from: slice + number * runBytes, byteCount: runBytes)
        }
      }
    }
    return result
  }

  private static func inverse(_ order: [Int]) -> [Int] {
    var result = order
    for (target, source) in order.enumerated() { result[source] = target }
    return result
  }
}
