import CKernels

/// A compiled loop: kernels run on one tile after the other, over threads.
final class Loop: ProgramStep, @unchecked Sendable {
  /// The result of a reduction over rows, which each piece of the loop computes a part of.
  struct Partial {
    let slot: Int
    let count: Int
    let dtype: DType
    var kernel: ck_reduce_fn?

    init(slot: Int, count: Int, dtype: DType) {
      self.slot = slot
      self.count = count
      self.dtype = dtype
    }
  }

  private let values: UnsafeMutableBufferPointer<ck_tile_value>
  private let steps: UnsafeMutableBufferPointer<ck_tile_step>
  private let streams: UnsafeMutableBufferPointer<ck_tile_stream>
  private let fetches: UnsafeMutableBufferPointer<Int32>
  private var program: ck_tile_program
  private let scratchBytes: Int
  private let partials: [Partial]
  private let pieces: [ck_tile_range]
  /// Whether pieces are of columns, so that each has whole sums over rows.
  private let cutsSums: Bool
  private let operations: [String]

  init(
    values: [ck_tile_value], steps: [ck_tile_step], streams: [ck_tile_stream], fetches: [Int32],
    rows: Int, columns: Int, rowSizes: [Int],
    tileRows: Int, tileColumns: Int, scratchBytes: Int, partials: [Partial],
    reducesColumnsOfRow: Bool, workPerElement: Double, operations: [String]
  ) {
    self.operations = operations
    self.values = .allocate(capacity: values.count)
    _ = self.values.initialize(fromContentsOf: values)
    self.steps = .allocate(capacity: steps.count)
    _ = self.steps.initialize(fromContentsOf: steps)
    self.streams = .allocate(capacity: streams.count)
    _ = self.streams.initialize(fromContentsOf: streams)
    self.fetches = .allocate(capacity: fetches.count)
    _ = self.fetches.initialize(fromContentsOf: fetches)
    self.scratchBytes = max(64, scratchBytes)
    self.partials = partials
    program = ck_tile_program()
    program.values = UnsafePointer(self.values.baseAddress)
    program.steps = UnsafePointer(self.steps.baseAddress)
    program.step_count = steps.count
    program.streams = UnsafePointer(self.streams.baseAddress)
    program.stream_count = streams.count
    program.fetches = UnsafePointer(self.fetches.baseAddress)
    program.fetch_count = fetches.count
    program.rows = rows
    program.columns = columns
    withUnsafeMutableBytes(of: &program.row_sizes) { bytes in
      for (axis, size) in rowSizes.enumerated() {
        bytes.storeBytes(of: size, toByteOffset: axis * MemoryLayout<Int>.stride, as: Int.self)
      }
    }
    program.rows_per_tile = tileRows
    program.columns_per_tile = tileColumns
    cutsSums =
      !partials.isEmpty && !reducesColumnsOfRow && columns >= Loop.columnsToCutSums
      && partials.allSatisfy { $0.count == columns }
    pieces = Loop.cut(
      rows, columns, tileRows: tileRows, tileColumns: tileColumns,
      cutsColumns: cutsSums || !reducesColumnsOfRow && partials.isEmpty && rows == 1,
      most: partials.isEmpty ? .max : 32, workPerElement: workPerElement)
  }

  deinit {
    values.deallocate()
    steps.deallocate()
    streams.deallocate()
    fetches.deallocate()
  }

  /// So many sums over rows give both threads enough to do without parts of sums.
  private static let columnsToCutSums = 1 << 13

  /// The pieces that threads take, by the shape and the operations alone, so that the order in which
  /// sums are added does not depend on the number of threads.
  ///
  /// A piece is of about 32 k elements; of small loops, of about 8 us of work, several times what it
  /// costs to wake another thread for it.
  private static func cut(
    _ rows: Int, _ columns: Int, tileRows: Int, tileColumns: Int, cutsColumns: Bool, most: Int,
    workPerElement: Double
  ) -> [ck_tile_range] {
    let isSmall = rows * columns < 1 << 17
    let grain =
      isSmall ? max(1 << 11, min(1 << 15, Int(Double(1 << 16) / max(1, workPerElement)))) : 1 << 15
    if cutsColumns && rows * columns > grain {
      let step = max(1, (grain / rows + tileColumns - 1) / tileColumns) * tileColumns
      return stride(from: 0, to: columns, by: step).map {
        ck_tile_range(
          row_begin: 0, row_end: rows, column_begin: $0, column_end: min(columns, $0 + step))
      }
    }
    var step = max(tileRows, grain / max(1, columns) / tileRows * tileRows)
    if (rows + step - 1) / step > most {
      step = ((rows + most - 1) / most + tileRows - 1) / tileRows * tileRows
    }
    return stride(from: 0, to: rows, by: step).map {
      ck_tile_range(
        row_begin: $0, row_end: min(rows, $0 + step), column_begin: 0, column_end: columns)
    }
  }

  var label: String {
    "loop [\(program.rows), \(program.columns)] \(operations.joined(separator: " "))"
  }

  /// The number of times that the loop goes over its index space: once.
  var memoryPasses: Int { 1 }

  func run(_ frame: Frame) {
    if partials.isEmpty || pieces.count == 1 || cutsSums {
      run(frame.addresses)
      return
    }
    // Each piece writes its part behind the others'; then the parts are combined, in order.
    var addresses = Array(UnsafeBufferPointer(start: frame.addresses, count: frame.slotCount))
    let parts = partials.map { partial in
      NDArray(uninitialized: partial.dtype, [pieces.count, partial.count])
    }
    defer { withExtendedLifetime(parts) {} }
    for (partial, part) in zip(partials, parts) { addresses[partial.slot] = part.data }
    addresses.withUnsafeMutableBufferPointer { buffer in
      if let base = buffer.baseAddress { run(base) }
    }
    for (partial, part) in zip(partials, parts) {
      partial.kernel?(
        part.data, partial.count, pieces.count, 1, partial.count, frame.addresses[partial.slot])
    }
  }

  private func run(_ addresses: UnsafeMutablePointer<UnsafeMutableRawPointer>) {
    withUnsafePointer(to: program) { program in
      parallelFor(pieces.count) { index, _ in
        withUnsafeTemporaryAllocation(byteCount: scratchBytes, alignment: 64) { scratch in
          guard let scratch = scratch.baseAddress else { return }
          ck_tiles_run(program, addresses, scratch, pieces[index], cutsSums ? 0 : index)
        }
      }
    }
  }
}
