import CKernels

/// The loop over a strided index space in tiles of two axes: columns along the last axis, rows along
/// one on which an operand that lies across has stride 1.
///
/// Such an operand, a transposed matrix for one, is read along the columns in memory, cache line by
/// cache line, into a tile whose rows kernels read; row by row a line would be fetched for each
/// element (benchmark kernels).
package struct PlaneLoop {
  /// A tile: the offset of each operand, and its size.
  package typealias Body = (
    _ offsets: UnsafeBufferPointer<Int>, _ rows: Int, _ columns: Int
  ) -> Void

  package let rows: Int
  package let columns: Int
  /// The strides of each operand from row to row, in elements.
  package let rowStrides: [Int]
  /// The strides of each operand from column to column, in elements.
  package let columnStrides: [Int]
  private let outer: RowLoop.Axes

  /// Finds the plane for operands and the result, the last, which is row-major.
  ///
  /// Nil if no operand lies across, or there is little to gain.
  package init?(_ axes: RowLoop.Axes) {
    guard let last = axes.sizes.indices.last, axes.elementCount >= 1 << 12,
      axes.sizes[last] >= PlaneLoop.least
    else { return nil }
    var chosen: Int?
    for strides in axes.strides where chosen == nil && Swift.abs(strides[last]) > 1 {
      chosen = axes.sizes.indices.dropLast().first {
        strides[$0] == 1 && axes.sizes[$0] >= PlaneLoop.least
      }
    }
    guard let chosen else { return nil }
    rows = axes.sizes[chosen]
    columns = axes.sizes[last]
    rowStrides = axes.strides.map { $0[chosen] }
    columnStrides = axes.strides.map { $0[last] }
    outer = axes.removing([chosen, last])
  }

  private static let least = 8

  /// Whether an operand lies across: its elements follow each other from row to row.
  package func liesAcross(_ operand: Int) -> Bool {
    rowStrides[operand] == 1 && Swift.abs(columnStrides[operand]) > 1
  }

  /// Calls `body` for tiles of at most so many rows and columns that cover everything, over threads
  /// where there is enough to do.
  package func run(tileRows: Int, tileColumns: Int, _ body: Body) {
    let rowTiles = (rows + tileRows - 1) / tileRows
    let columnTiles = (columns + tileColumns - 1) / tileColumns
    let tiles = outer.elementCount * rowTiles * columnTiles
    let tileSize = min(rows, tileRows) * min(columns, tileColumns)
    parallelRanges(tiles, grain: max(1, RowLoop.parallelThreshold / 2 / tileSize)) { range in
      withUnsafeTemporaryAllocation(of: Int.self, capacity: rowStrides.count) { offsets in
        for tile in range {
          let (rest, rowTile) = tile.quotientAndRemainder(dividingBy: rowTiles)
          let (place, columnTile) = rest.quotientAndRemainder(dividingBy: columnTiles)
          let (row, column) = (rowTile * tileRows, columnTile * tileColumns)
          for operand in offsets.indices {
            offsets[operand] =
              outer.offset(place, operand) + row * rowStrides[operand]
              + column * columnStrides[operand]
          }
          body(
            UnsafeBufferPointer(offsets), min(tileRows, rows - row),
            min(tileColumns, columns - column))
        }
      }
    }
  }
}

extension PlaneLoop {
  /// Operands of a kernel, brought into rows where they lie across.
  package struct Operands {
    fileprivate let arrays: [NDArray]
    fileprivate let tileRows: Int
    fileprivate let tileColumns: Int

    /// Tiles hold whole cache lines of the narrowest operand, and fit the second cache.
    package init(_ arrays: [NDArray]) {
      self.arrays = arrays
      let width = arrays.map(\.dtype.byteSize).min() ?? 1
      tileRows = max(16, 128 / width)
      tileColumns = 256
    }
  }

  /// Runs `kernel` on rows: the addresses of the operands there with their strides, the index of the
  /// first result, and the number of elements.
  package func run(
    _ operands: Operands,
    _ kernel: (
      _ addresses: UnsafeBufferPointer<UnsafeRawPointer>, _ strides: UnsafeBufferPointer<Int>,
      _ first: Int, _ count: Int
    ) -> Void
  ) {
    let count = operands.arrays.count
    let (tileRows, tileColumns) = (operands.tileRows, operands.tileColumns)
    let across = (0..<count).map(liesAcross)
    let widths = operands.arrays.map(\.dtype.byteSize)
    let steps = (0..<count).map { across[$0] ? 1 : columnStrides[$0] }
    let tileBytes = tileRows * tileColumns * (widths.max() ?? 1)
    run(tileRows: tileRows, tileColumns: tileColumns) { offsets, rows, columns in
      withUnsafeTemporaryAllocation(byteCount: count * tileBytes, alignment: 64) { scratch in
        withUnsafeTemporaryAllocation(of: UnsafeRawPointer.self, capacity: count) { addresses in
          var rowSteps = rowStrides
          for operand in 0..<count {
            let source = operands.arrays[operand].data + offsets[operand] * widths[operand]
            guard across[operand] else {
              addresses[operand] = UnsafeRawPointer(source)
              continue
            }
            guard let base = scratch.baseAddress else { return }
            let tile = base + operand * tileBytes
            ck_transpose(widths[operand])(
              source, columnStrides[operand], tile, tileColumns, rows, columns)
            addresses[operand] = UnsafeRawPointer(tile)
            rowSteps[operand] = tileColumns
          }
          steps.withUnsafeBufferPointer { steps in
            for row in 0..<rows {
              kernel(
                UnsafeBufferPointer(addresses), steps, offsets[count] + row * rowStrides[count],
                columns)
              for operand in 0..<count { addresses[operand] += rowSteps[operand] * widths[operand] }
            }
          }
        }
      }
    }
  }
}
