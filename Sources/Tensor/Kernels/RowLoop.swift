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
  private let outer: Axes

  /// Axes with the strides of each operand along them, in elements.
  package struct Axes {
    package private(set) var sizes: [Int] = []
    /// By operand.
    package private(set) var strides: [[Int]]

    /// The axes of `shape`, merged where all operands step through them without a gap.
    package init(_ shape: Shape, _ strides: [[Int]]) {
      self.strides = Array(repeating: [], count: strides.count)
      for axis in shape.indices where shape.dimensions[axis] != 1 {
        let size = shape.dimensions[axis]
        let last = sizes.count - 1
        let joins =
          last >= 0
          && strides.indices.allSatisfy { self.strides[$0][last] == strides[$0][axis] * size }
        if joins { sizes[last] *= size } else { sizes.append(size) }
        for operand in strides.indices {
          if joins {
            self.strides[operand][last] = strides[operand][axis]
          } else {
            self.strides[operand].append(strides[operand][axis])
          }
        }
      }
    }

    package var elementCount: Int { sizes.reduce(1, *) }

    /// Without some axes.
    package func removing(_ axes: [Int]) -> Axes {
      var result = self
      for axis in axes.sorted(by: >) {
        result.sizes.remove(at: axis)
        for operand in strides.indices { result.strides[operand].remove(at: axis) }
      }
      return result
    }

    /// The offset of an operand at a place, counted in row-major order.
    package func offset(_ place: Int, _ operand: Int) -> Int {
      var (rest, offset) = (place, 0)
      for axis in sizes.indices.reversed() {
        let (quotient, index) = rest.quotientAndRemainder(dividingBy: sizes[axis])
        offset += index * strides[operand][axis]
        rest = quotient
      }
      return offset
    }
  }

  /// The loop over the axes of `shape`, along which each operand has its own strides.
  package init(_ shape: Shape, _ strides: [[Int]]) { self.init(Axes(shape, strides)) }

  package init(_ axes: Axes) {
    let last = axes.sizes.count - 1
    length = last < 0 ? 1 : axes.sizes[last]
    rowStrides = axes.strides.map { $0.last ?? 0 }
    outer = last < 0 ? axes : axes.removing([last])
    rows = outer.elementCount
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
    let axes = outer.sizes.count
    withUnsafeTemporaryAllocation(of: Int.self, capacity: operands + axes) { scratch in
      let offsets = UnsafeMutableBufferPointer(rebasing: scratch[0..<operands])
      let index = UnsafeMutableBufferPointer(rebasing: scratch[operands...])
      var rest = rows.lowerBound
      for axis in (0..<axes).reversed() {
        (rest, index[axis]) = rest.quotientAndRemainder(dividingBy: outer.sizes[axis])
      }
      for operand in 0..<operands {
        offsets[operand] = columns.lowerBound * rowStrides[operand]
        for axis in 0..<axes { offsets[operand] += index[axis] * outer.strides[operand][axis] }
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
    for axis in outer.sizes.indices.reversed() {
      index[axis] += 1
      let carries = index[axis] == outer.sizes[axis]
      for operand in offsets.indices {
        let stride = outer.strides[operand][axis]
        offsets[operand] += carries ? stride * (1 - outer.sizes[axis]) : stride
      }
      if !carries { return }
      index[axis] = 0
    }
  }
}
