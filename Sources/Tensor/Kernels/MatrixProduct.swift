import CKernels
import COpenBLAS

/// Batched matrix products of strided operands, on OpenBLAS.
package enum MatrixProduct {
  /// Where a batch of matrices lies: strides in elements, from the first element of the first.
  package struct Operand: Sendable {
    package let rows: Int
    package let columns: Int
    fileprivate let rowStride: Int
    fileprivate let columnStride: Int
    /// The axes of the batch, outermost first.
    fileprivate let batch: [(size: Int, stride: Int)]

    /// A row-major matrix, or a batch of them one after the other.
    package init(batchCount: Int = 1, rows: Int, columns: Int) {
      self.rows = rows
      self.columns = columns
      rowStride = columns
      columnStride = 1
      batch = batchCount == 1 ? [] : [(batchCount, rows * columns)]
    }

    /// Reads the groups of axes of a layout as batch, rows and columns.
    ///
    /// Nil if BLAS can't read it as it stands: rows and columns must each have one stride, of which
    /// one is 1 and the other steps over whole runs.
    package init?(_ layout: Layout, batch: [Int], rows: [Int], columns: [Int]) {
      let sizes = layout.shape.dimensions
      let strides = layout.strides
      func merged(_ axes: [Int]) -> [(size: Int, stride: Int)] {
        var result: [(size: Int, stride: Int)] = []
        for axis in axes where sizes[axis] != 1 {
          if let outer = result.last, outer.stride == strides[axis] * sizes[axis] {
            result[result.count - 1] = (outer.size * sizes[axis], strides[axis])
          } else {
            result.append((sizes[axis], strides[axis]))
          }
        }
        return result
      }
      let (row, column) = (merged(rows), merged(columns))
      guard row.count <= 1, column.count <= 1 else { return nil }
      self.batch = merged(batch)
      self.rows = row.first?.size ?? 1
      self.columns = column.first?.size ?? 1
      // An axis of size 1 may have any stride; give it one that BLAS accepts.
      let columnStride = column.first?.stride ?? 1
      let rowStride = row.first?.stride ?? (columnStride == 1 ? self.columns : 1)
      self.columnStride = column.isEmpty && rowStride == 1 ? max(1, self.rows) : columnStride
      self.rowStride = rowStride
      let isRowMajor = self.columnStride == 1 && rowStride >= max(1, self.columns)
      let isColumnMajor = rowStride == 1 && self.columnStride >= max(1, self.rows)
      guard isRowMajor || isColumnMajor else { return nil }
    }

    var isTransposed: Bool { columnStride != 1 }

    var leadingDimension: Int { max(1, isTransposed ? columnStride : rowStride) }

    package var batchCount: Int { batch.reduce(1) { $0 * $1.size } }

    /// The offset of a matrix of the batch.
    fileprivate func offset(_ member: Int) -> Int {
      var rest = member
      var offset = 0
      for axis in batch.reversed() {
        let (quotient, index) = rest.quotientAndRemainder(dividingBy: axis.size)
        offset += index * axis.stride
        rest = quotient
      }
      return offset
    }
  }

  /// An array as an operand; copied only if BLAS can't read it as it stands.
  package static func operand(
    _ array: NDArray, batch: [Int], rows: [Int], columns: [Int]
  ) -> (array: NDArray, operand: Operand) {
    if let operand = Operand(array.layout, batch: batch, rows: rows, columns: columns) {
      return (array, operand)
    }
    let sizes = array.shape.dimensions
    func count(_ axes: [Int]) -> Int { axes.reduce(1) { $0 * sizes[$1] } }
    return (
      array.transposed(batch + rows + columns).contiguous(),
      Operand(batchCount: count(batch), rows: count(rows), columns: count(columns))
    )
  }

  /// Multiplies arrays into a contiguous one of [batch, rows, columns] elements.
  package static func run(
    _ a: (array: NDArray, operand: Operand), _ b: (array: NDArray, operand: Operand),
    into result: NDArray
  ) {
    switch result.dtype {
    case .float16, .bfloat16:
      // Half precisions multiply and add in float32 and round once.
      let wide = NDArray(uninitialized: .float32, result.shape)
      let (wideA, wideB) = (widened(a), widened(b))
      defer { withExtendedLifetime((wideA, wideB)) {} }
      run(
        .float32, a.operand.contiguous, wideA.data, b.operand.contiguous, wideB.data,
        into: wide.data)
      wide.convert(into: result)
    default:
      run(result.dtype, a.operand, a.array.data, b.operand, b.array.data, into: result.data)
    }
  }

  /// The matrices one after the other, in float32.
  private static func widened(_ x: (array: NDArray, operand: Operand)) -> NDArray {
    let (array, operand) = x
    let shape = Shape(operand.batch.map(\.size) + [operand.rows, operand.columns])
    let strides = operand.batch.map(\.stride) + [operand.rowStride, operand.columnStride]
    return array.view(shape, strides: strides).converted(to: .float32).contiguous()
  }

  /// Multiplies memory, of any dtype but the half precisions.
  ///
  /// `result` says how the result lies, where that is not row by row; for float32 and float64.
  package static func run(
    _ dtype: DType, _ a: Operand, _ pa: UnsafeRawPointer, _ b: Operand, _ pb: UnsafeRawPointer,
    into pc: UnsafeMutableRawPointer, as result: Operand? = nil
  ) {
    let count = a.batchCount * a.rows * b.columns
    guard count > 0 else { return }
    guard a.columns > 0 else {
      pc.initializeMemory(as: UInt8.self, repeating: 0, count: count * dtype.byteSize)
      return
    }
    func integers<T: FixedWidthInteger>(_ type: T.Type) {
      integer(
        a, pa.assumingMemoryBound(to: T.self), b, pb.assumingMemoryBound(to: T.self),
        pc.assumingMemoryBound(to: T.self))
    }
    func floats<T: BLASScalar>(_ type: T.Type) {
      blas(
        a, pa.assumingMemoryBound(to: T.self), b, pb.assumingMemoryBound(to: T.self),
        result ?? Operand(batchCount: a.batchCount, rows: a.rows, columns: b.columns),
        pc.assumingMemoryBound(to: T.self))
    }
    switch dtype {
    case .float32: floats(Float.self)
    case .float64: floats(Double.self)
    case .complex64: floats(Complex<Float>.self)
    case .complex128: floats(Complex<Double>.self)
    case .int8: integers(Int8.self)
    case .int16: integers(Int16.self)
    case .int32: integers(Int32.self)
    case .int64: integers(Int64.self)
    case .uint8, .bool: integers(UInt8.self)
    case .uint16, .float16, .bfloat16: integers(UInt16.self)
    case .uint32: integers(UInt32.self)
    case .uint64: integers(UInt64.self)
    }
  }

  /// Splits the work over the threads, in pieces that depend on the shape alone.
  private static func blas<T: BLASScalar>(
    _ a: Operand, _ pa: UnsafePointer<T>, _ b: Operand, _ pb: UnsafePointer<T>,
    _ c: Operand, _ pc: UnsafeMutablePointer<T>
  ) {
    BLAS.prepare()
    let (m, n, k) = (a.rows, b.columns, a.columns)
    let tile = tiling(m, n, k)
    let rowTiles = (m + tile.rows - 1) / tile.rows
    let columnTiles = (n + tile.columns - 1) / tile.columns
    let tilesPerMatrix = rowTiles * columnTiles
    func product(_ index: Int) {
      let (member, tileIndex) = index.quotientAndRemainder(dividingBy: tilesPerMatrix)
      let (i, j) = tileIndex.quotientAndRemainder(dividingBy: columnTiles)
      let (row, column) = (i * tile.rows, j * tile.columns)
      let (rows, columns) = (min(tile.rows, m - row), min(tile.columns, n - column))
      let left = pa + a.offset(member) + row * a.rowStride
      let right = pb + b.offset(member) + column * b.columnStride
      let target = pc + c.offset(member) + row * c.rowStride + column * c.columnStride
      if c.isTransposed {
        T.gemm(
          !b.isTransposed, !a.isTransposed, columns, rows, k, right, b.leadingDimension, left,
          a.leadingDimension, target, c.leadingDimension)
      } else {
        T.gemm(
          a.isTransposed, b.isTransposed, rows, columns, k, left, a.leadingDimension, right,
          b.leadingDimension, target, c.leadingDimension)
      }
    }
    let pieces = a.batchCount * tilesPerMatrix
    let flops = max(1, 2 * m * n * k)
    // A product below this is done before another thread has woken (benchmark gemm).
    if flops * a.batchCount < 1 << 20 {
      for index in 0..<pieces { product(index) }
    } else {
      parallelRanges(pieces, grain: max(1, (1 << 19) / flops)) { range in
        for index in range { product(index) }
      }
    }
  }

  /// The tile that one BLAS call computes: halves of a middling product, at most 512 rows of a
  /// large one, since each call packs the other operand anew.
  private static func tiling(_ m: Int, _ n: Int, _ k: Int) -> (rows: Int, columns: Int) {
    guard 2 * m * n * k >= 1 << 22 else { return (m, n) }
    func cut(_ size: Int) -> Int { min(512, (size / 2 + 15) / 16 * 16) }
    if m >= n && m >= 32 { return (cut(m), n) }
    if n >= 32 { return (m, cut(n)) }
    return (m, n)
  }

  /// Integer products, which wrap; plain loops, since no network multiplies large ones.
  private static func integer<T: FixedWidthInteger>(
    _ a: Operand, _ pa: UnsafePointer<T>, _ b: Operand, _ pb: UnsafePointer<T>,
    _ pc: UnsafeMutablePointer<T>
  ) {
    parallelFor(a.batchCount) { member, _ in
      let (pa, pb) = (pa + a.offset(member), pb + b.offset(member))
      for row in 0..<a.rows {
        for column in 0..<b.columns {
          var sum: T = 0
          for k in 0..<a.columns {
            let x = pa[row * a.rowStride + k * a.columnStride]
            let y = pb[k * b.rowStride + column * b.columnStride]
            sum &+= x &* y
          }
          pc[(member * a.rows + row) * b.columns + column] = sum
        }
      }
    }
  }
}

extension MatrixProduct.Operand {
  /// The same matrices, one after the other in row-major order.
  fileprivate var contiguous: Self { Self(batchCount: batchCount, rows: rows, columns: columns) }
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
    guard !isSmall(m, n, k) else {
      return smallProduct(transposeA, transposeB, m, n, k, a, lda, b, ldb, c, ldc)
    }
    cblas_sgemm(
      CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans,
      transposeB ? CblasTrans : CblasNoTrans, blasint(m), blasint(n), blasint(k), 1, a,
      blasint(lda), b, blasint(ldb), 0, c, blasint(ldc))
  }
}

extension Float {
  /// Where our own register tiles are faster: up to 1.8 times at 32, by a tenth at the limit (benchmark
  /// kernels).
  private static func isSmall(_ m: Int, _ n: Int, _ k: Int) -> Bool {
    m >= 8 && n >= 8 && k <= Int(ck_product_most_small) && 2 * m * n * k <= 1 << 21
  }

  private static func smallProduct(
    _ transposeA: Bool, _ transposeB: Bool, _ m: Int, _ n: Int, _ k: Int,
    _ a: UnsafePointer<Float>, _ lda: Int, _ b: UnsafePointer<Float>, _ ldb: Int,
    _ c: UnsafeMutablePointer<Float>, _ ldc: Int
  ) {
    var left = ck_product_operand(
      at: a, row_stride: transposeA ? 1 : lda, column_stride: transposeA ? lda : 1)
    var right = ck_product_operand(
      at: b, row_stride: transposeB ? 1 : ldb, column_stride: transposeB ? ldb : 1)
    let bytes = ck_product_small_scratch(k, n)
    let scratch = ck_alloc(bytes)
    defer { ck_free(scratch, bytes) }
    ck_product_small(
      &left, &right, m, n, k, scratch.assumingMemoryBound(to: Float.self), c, ldc)
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

extension Complex: BLASScalar {
  static func gemm(
    _ transposeA: Bool, _ transposeB: Bool, _ m: Int, _ n: Int, _ k: Int,
    _ a: UnsafePointer<Complex>, _ lda: Int, _ b: UnsafePointer<Complex>, _ ldb: Int,
    _ c: UnsafeMutablePointer<Complex>, _ ldc: Int
  ) {
    let multiply = RealType.self == Float.self ? cblas_cgemm : cblas_zgemm
    withUnsafePointer(to: Complex(1)) { one in
      withUnsafePointer(to: Complex.zero) { zero in
        multiply(
          CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans,
          transposeB ? CblasTrans : CblasNoTrans, blasint(m), blasint(n), blasint(k), one, a,
          blasint(lda), b, blasint(ldb), zero, c, blasint(ldc))
      }
    }
  }
}
