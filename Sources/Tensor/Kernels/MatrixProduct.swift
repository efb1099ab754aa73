import COpenBLAS

/// Batched matrix products of strided operands, on OpenBLAS.
package enum MatrixProduct {
  /// A matrix, or a batch of them, in an array: a group of axes for the batch, rows and columns.
  package struct Operand {
    let array: NDArray
    let batchCount: Int
    let rows: Int
    let columns: Int
    /// Strides in elements; the array is such that each group of axes is one axis.
    let batchStride: Int
    let rowStride: Int
    let columnStride: Int

    /// Groups the axes of `array`; copies only if a group has no single stride or no stride is 1.
    package init(_ array: NDArray, batch: [Int], rows: [Int], columns: [Int]) {
      let direct = Operand(grouping: array, batch, rows, columns)
      if let direct, direct.isMatrix {
        self = direct
        return
      }
      let ordered = array.transposed(batch + rows + columns).contiguous()
      let sizes = array.shape.dimensions
      self.init(
        array: ordered, batchCount: batch.reduce(1) { $0 * sizes[$1] },
        rows: rows.reduce(1) { $0 * sizes[$1] }, columns: columns.reduce(1) { $0 * sizes[$1] })
    }

    /// A contiguous row-major operand.
    package init(array: NDArray, batchCount: Int = 1, rows: Int, columns: Int) {
      self.array = array
      self.batchCount = batchCount
      self.rows = rows
      self.columns = columns
      batchStride = rows * columns
      rowStride = columns
      columnStride = 1
    }

    private init?(grouping array: NDArray, _ batch: [Int], _ rows: [Int], _ columns: [Int]) {
      let sizes = array.shape.dimensions
      let strides = array.strides
      func merged(_ axes: [Int]) -> (size: Int, stride: Int)? {
        var result: (size: Int, stride: Int)?
        for axis in axes where sizes[axis] != 1 {
          if let outer = result {
            guard outer.stride == strides[axis] * sizes[axis] else { return nil }
            result = (outer.size * sizes[axis], strides[axis])
          } else {
            result = (sizes[axis], strides[axis])
          }
        }
        return result ?? (1, 0)
      }
      guard let batch = merged(batch), let rows = merged(rows), let columns = merged(columns)
      else { return nil }
      self.array = array
      batchCount = batch.size
      batchStride = batch.stride
      self.rows = rows.size
      self.columns = columns.size
      // An axis of size 1 may have any stride; give it one that BLAS accepts.
      columnStride = columns.size == 1 ? 1 : columns.stride
      rowStride = rows.size == 1 ? (columns.size == 1 ? 1 : columns.size) : rows.stride
    }

    /// Whether BLAS can read it as it stands: one stride 1, the other at least the length of a run.
    private var isMatrix: Bool {
      (columnStride == 1 && rowStride >= max(1, columns))
        || (rowStride == 1 && columnStride >= max(1, rows))
    }

    var isTransposed: Bool { columnStride != 1 }

    var leadingDimension: Int {
      isTransposed ? max(columnStride, 1) : max(rowStride, 1)
    }
  }

  /// Multiplies into a contiguous array of [batch, rows, columns] elements.
  package static func run(_ a: Operand, _ b: Operand, into result: NDArray) {
    guard result.count > 0 else { return }
    guard a.columns > 0 else {
      result.data.initializeMemory(as: UInt8.self, repeating: 0, count: result.byteCount)
      return
    }
    switch result.dtype {
    case .float32: blas(a, b, result, as: Float.self)
    case .float64: blas(a, b, result, as: Double.self)
    case .float16, .bfloat16: throughFloat(a, b, result)
    case .int8: integer(a, b, result, as: Int8.self)
    case .int16: integer(a, b, result, as: Int16.self)
    case .int32: integer(a, b, result, as: Int32.self)
    case .int64: integer(a, b, result, as: Int64.self)
    case .uint8, .bool: integer(a, b, result, as: UInt8.self)
    case .uint16: integer(a, b, result, as: UInt16.self)
    case .uint32: integer(a, b, result, as: UInt32.self)
    case .uint64: integer(a, b, result, as: UInt64.self)
    }
  }

  /// Half precisions multiply and add in float32 and round once.
  private static func throughFloat(_ a: Operand, _ b: Operand, _ result: NDArray) {
    func widened(_ x: Operand) -> Operand {
      let strides = [x.batchStride, x.rowStride, x.columnStride]
      let view = x.array.view([x.batchCount, x.rows, x.columns], strides: strides)
      return Operand(
        array: view.converted(to: .float32), batchCount: x.batchCount, rows: x.rows,
        columns: x.columns)
    }
    let wide = NDArray(uninitialized: .float32, result.shape)
    blas(widened(a), widened(b), wide, as: Float.self)
    wide.convert(into: result)
  }

  /// Splits the work over the threads, in pieces that depend on the shape alone.
  private static func blas<T: BLASScalar>(
    _ a: Operand, _ b: Operand, _ result: NDArray, as type: T.Type
  ) {
    BLAS.prepare()
    let (m, n, k) = (a.rows, b.columns, a.columns)
    let tile = tiling(m, n, k)
    let rowTiles = (m + tile.rows - 1) / tile.rows
    let columnTiles = (n + tile.columns - 1) / tile.columns
    let tilesPerMatrix = rowTiles * columnTiles
    let pa = a.array.pointer(as: T.self)
    let pb = b.array.pointer(as: T.self)
    let pc = result.pointer(as: T.self)
    func product(_ index: Int) {
      let (member, tileIndex) = index.quotientAndRemainder(dividingBy: tilesPerMatrix)
      let (i, j) = tileIndex.quotientAndRemainder(dividingBy: columnTiles)
      let (row, column) = (i * tile.rows, j * tile.columns)
      T.gemm(
        a.isTransposed, b.isTransposed, min(tile.rows, m - row), min(tile.columns, n - column), k,
        pa + member * a.batchStride + row * a.rowStride, a.leadingDimension,
        pb + member * b.batchStride + column * b.columnStride, b.leadingDimension,
        pc + member * m * n + row * n + column, n)
    }
    let pieces = a.batchCount * tilesPerMatrix
    // A product below this is done before another thread has woken (benchmark gemm).
    if 2 * m * n * k * a.batchCount < 1 << 20 {
      for index in 0..<pieces { product(index) }
    } else {
      parallelRanges(pieces, grain: max(1, (1 << 19) / max(1, 2 * m * n * k))) { range in
        for index in range { product(index) }
      }
    }
  }

  /// The tile that one BLAS call computes: halves of a middling product, at most 512 rows of a
  /// large one, since each call packs the other operand anew.
  private static func tiling(_ m: Int, _ n: Int, _ k: Int) -> (rows: Int, columns: Int) {
    guard 2 * m * n * k >= 1 << 22 else { return (m, n) }
    func cut(_ size: Int) -> Int { min(512, (size / 2 + 15) / 16 * 16) }
    if m >= 64 { return (cut(m), n) }
    if n >= 64 { return (m, cut(n)) }
    return (m, n)
  }

  /// Integer products, which wrap; plain loops, since no network multiplies large ones.
  private static func integer<T: FixedWidthInteger>(
    _ a: Operand, _ b: Operand, _ result: NDArray, as type: T.Type
  ) {
    let pa = a.array.pointer(as: T.self)
    let pb = b.array.pointer(as: T.self)
    let pc = result.pointer(as: T.self)
    parallelFor(a.batchCount) { member, _ in
      for row in 0..<a.rows {
        for column in 0..<b.columns {
          var sum: T = 0
          for k in 0..<a.columns {
            let x = pa[member * a.batchStride + row * a.rowStride + k * a.columnStride]
            let y = pb[member * b.batchStride + k * b.rowStride + column * b.columnStride]
            sum &+= x &* y
          }
          pc[(member * a.rows + row) * b.columns + column] = sum
        }
      }
    }
  }
}

/// An element type that BLAS multiplies.
protocol BLASScalar {
  /// C = op(A) op(B), row-major; `m`, `n` and `k` are the sizes of the result and the depth.
  static func gemm(
    _ transposeA: Bool, _ transposeB: Bool, _ m: Int, _ n: Int, _ k: Int,
    _ a: UnsafePointer<Self>, _ lda: Int, _ b: UnsafePointer<Self>, _ ldb: Int,
    _ c: UnsafeMutablePointer<Self>, _ ldc: Int)
}

extension Float: BLASScalar {
  static func gemm(
    _ transposeA: Bool, _ transposeB: Bool, _ m: Int, _ n: Int, _ k: Int,
    _ a: UnsafePointer<Float>, _ lda: Int, _ b: UnsafePointer<Float>, _ ldb: Int,
    _ c: UnsafeMutablePointer<Float>, _ ldc: Int
  ) {
    cblas_sgemm(
      CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans,
      transposeB ? CblasTrans : CblasNoTrans, blasint(m), blasint(n), blasint(k), 1, a,
      blasint(lda), b, blasint(ldb), 0, c, blasint(ldc))
  }
}

extension Double: BLASScalar {
  static func gemm(
    _ transposeA: Bool, _ transposeB: Bool, _ m: Int, _ n: Int, _ k: Int,
    _ a: UnsafePointer<Double>, _ lda: Int, _ b: UnsafePointer<Double>, _ ldb: Int,
    _ c: UnsafeMutablePointer<Double>, _ ldc: Int
  ) {
    cblas_dgemm(
      CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans,
      transposeB ? CblasTrans : CblasNoTrans, blasint(m), blasint(n), blasint(k), 1, a,
      blasint(lda), b, blasint(ldb), 0, c, blasint(ldc))
  }
}
