/// The loop over a strided index space: rows with one stride an operand, and what leads to them.
///
/// Axes that all operands step through without a gap are merged, so that the common cases (all
/// contiguous, a bias added to rows) become one row or long rows.
package struct RowLoop {
  /// The elements of a row.
  package let length: Int
  /// The number of rows.
  package let rows: Int
  /// The stride of each operand within a row, in elements.
  package let rowStrides: [Int]
  private let outerSizes: [Int]
  /// The strides of each operand by outer axis.
  private let outerStrides: [[Int]]

  /// Merges the axes of `shape`, over which each operand has its own strides.
  package init(_ shape: Shape, _ strides: [[Int]]) {
    var sizes: [Int] = []
    var merged: [[Int]] = Array(repeating: [], count: strides.count)
    for axis in shape.indices where shape.dimensions[axis] != 1 {
      let size = shape.dimensions[axis]
      let last = sizes.count - 1
      let joins =
        last >= 0 && strides.indices.allSatisfy { merged[$0][last] == strides[$0][axis] * size }
      if joins { sizes[last] *= size } else { sizes.append(size) }
      for operand in strides.indices {
        if joins {
          merged[operand][last] = strides[operand][axis]
        } else {
          merged[operand].append(strides[operand][axis])
        }
      }
    }
    length = sizes.popLast() ?? 1
    rowStrides = merged.map { $0.last ?? 0 }
    rows = sizes.reduce(1, *)
    outerSizes = sizes
    outerStrides = merged.map { Array($0.dropLast()) }
  }

  /// Below this many elements one thread does the work: a wake-up costs about 5 us.
  package static let parallelThreshold = 1 << 16

  /// Calls `body` with the offset of each operand, the index of the first result and the number of
  /// elements, for pieces that cover everything; over threads where there is enough to do.
  package func run(
    _ body: (_ offsets: UnsafeBufferPointer<Int>, _ first: Int, _ count: Int) -> Void
  ) {
    guard rows > 0, length > 0 else { return }
    let grain = RowLoop.parallelThreshold / 2
    guard rows * length > RowLoop.parallelThreshold else {
      run(rows: 0..<rows, columns: 0..<length, body)
      return
    }
    if rows == 1 || length >= grain {
      // Long rows are cut; the pieces are counted over all rows.
      let pieces = (length + grain - 1) / grain
      parallelFor(rows * pieces) { index, _ in
        let (row, piece) = index.quotientAndRemainder(dividingBy: pieces)
        run(rows: row..<row + 1, columns: piece * grain..<min(length, (piece + 1) * grain), body)
      }
    } else {
      parallelRanges(rows, grain: max(1, grain / length)) {
        run(rows: $0, columns: 0..<length, body)
      }
    }
  }

  private func run(
    rows: Range<Int>, columns: Range<Int>,
    _ body: (UnsafeBufferPointer<Int>, Int, Int) -> Void
  ) {
    let operands = rowStrides.count
    let axes = outerSizes.count
    withUnsafeTemporaryAllocation(of: Int.self, capacity: operands + axes) { scratch in
      let offsets = UnsafeMutableBufferPointer(rebasing: scratch[0..<operands])
      let index = UnsafeMutableBufferPointer(rebasing: scratch[operands...])
      var rest = rows.lowerBound
      for axis in (0..<axes).reversed() {
        (rest, index[axis]) = rest.quotientAndRemainder(dividingBy: outerSizes[axis])
      }
      for operand in 0..<operands {
        offsets[operand] = columns.lowerBound * rowStrides[operand]
        for axis in 0..<axes { offsets[operand] += index[axis] * outerStrides[operand][axis] }
      }
      for row in rows {
        body(UnsafeBufferPointer(offsets), row * length + columns.lowerBound, columns.count)
        advance(index, offsets)
      }
    }
  }

  /// Steps to the next row, as an odometer does.
  private func advance(
    _ index: UnsafeMutableBufferPointer<Int>, _ offsets: UnsafeMutableBufferPointer<Int>
  ) {
    for axis in outerSizes.indices.reversed() {
      index[axis] += 1
      let carries = index[axis] == outerSizes[axis]
      for operand in offsets.indices {
        let stride = outerStrides[operand][axis]
        offsets[operand] += carries ? stride * (1 - outerSizes[axis]) : stride
      }
      if !carries { return }
      index[axis] = 0
    }
  }
}
