import COpenBLAS

/// The factorization of a tall matrix into orthonormal columns and a triangle, by LAPACK.
package enum Orthonormal {
  /// Replaces a column-major matrix of `rows` >= `columns` by the orthonormal columns of its QR
  /// factorization, each with the sign that makes the triangle's diagonal positive.
  package static func factor(_ matrix: UnsafeMutablePointer<Float>, rows: Int, columns: Int) {
    factor(matrix, rows, columns, sgeqrf_, sorgqr_)
  }

  /// The same in float64.
  package static func factor(_ matrix: UnsafeMutablePointer<Double>, rows: Int, columns: Int) {
    factor(matrix, rows, columns, dgeqrf_, dorgqr_)
  }

  private typealias Int32Pointer = UnsafePointer<Int32>
  private typealias Factor<T> = (
    Int32Pointer, Int32Pointer, UnsafeMutablePointer<T>, Int32Pointer, UnsafeMutablePointer<T>,
    UnsafeMutablePointer<T>, Int32Pointer, UnsafeMutablePointer<Int32>
  ) -> Void
  private typealias Generate<T> = (
    Int32Pointer, Int32Pointer, Int32Pointer, UnsafeMutablePointer<T>, Int32Pointer,
    UnsafePointer<T>, UnsafeMutablePointer<T>, Int32Pointer, UnsafeMutablePointer<Int32>
  ) -> Void

  private static func factor<T: BinaryFloatingPoint>(
    _ matrix: UnsafeMutablePointer<T>, _ rows: Int, _ columns: Int, _ geqrf: Factor<T>,
    _ orgqr: Generate<T>
  ) {
    guard columns > 0 else { return }
    BLAS.prepare()
    var (m, n) = (Int32(rows), Int32(columns))
    var info: Int32 = 0
    // LAPACK's block size is 32; with room for a block of each column it works by blocks.
    var room = n * 32
    var work = [T](repeating: 0, count: Int(room))
    var tau = [T](repeating: 0, count: columns)
    geqrf(&m, &n, matrix, &m, &tau, &work, &room, &info)
    let signs = (0..<columns).map { matrix[$0 * rows + $0] < 0 ? -1 : 1 as T }
    orgqr(&m, &n, &n, matrix, &m, tau, &work, &room, &info)
    for column in 0..<columns where signs[column] < 0 {
      for row in 0..<rows { matrix[column * rows + row].negate() }
    }
  }
}

extension Orthonormal {
  /// The factors of every matrix [..., m, n] of a batch, as rows lie in memory.
  package static func qr(_ x: NDArray, _ outputs: [ShapeDtype]) -> [NDArray] {
    let results = outputs.map { NDArray(uninitialized: $0) }
    let source = x.contiguous()
    if x.dtype == .float64 {
      qr(source, results, dgeqrf_, dorgqr_)
    } else {
      qr(source, results, sgeqrf_, sorgqr_)
    }
    return results
  }

  private static func qr<T: BinaryFloatingPoint>(
    _ x: NDArray, _ results: [NDArray], _ geqrf: Factor<T>, _ orgqr: Generate<T>
  ) {
    let rank = x.shape.rank
    let (m, n) = (x.shape.dimensions[rank - 2], x.shape.dimensions[rank - 1])
    let k = results[1].shape.dimensions[rank - 2]
    guard m > 0 else { return }
    BLAS.prepare()
    let source = x.pointer(as: T.self)
    let (q, r) = (results[0].pointer(as: T.self), results[1].pointer(as: T.self))
    let count = results[0].count / Swift.max(1, m * k)
    // The working matrix is column-major and holds the factors in turn.
    var work = [T](repeating: 0, count: Swift.max(1, m * Swift.max(n, k)))
    var (rows, columns, width) = (Int32(m), Int32(n), Int32(k))
    var room = Int32(Swift.max(n, k, 1) * 32)
    var scratch = [T](repeating: 0, count: Int(room))
    var tau = [T](repeating: 0, count: Swift.max(1, Swift.min(m, n)))
    var reflections = Int32(Swift.min(m, n))
    var info: Int32 = 0
    for index in 0..<count {
      for row in 0..<m {
        for column in 0..<n { work[column * m + row] = source[index * m * n + row * n + column] }
      }
      if n > 0 { geqrf(&rows, &columns, &work, &rows, &tau, &scratch, &room, &info) }
      for row in 0..<k {
        for column in 0..<n {
          r[(index * k + row) * n + column] = column >= row ? work[column * m + row] : 0
        }
      }
      orgqr(&rows, &width, &reflections, &work, &rows, tau, &scratch, &room, &info)
      for row in 0..<m {
        for column in 0..<k { q[(index * m + row) * k + column] = work[column * m + row] }
      }
    }
    withExtendedLifetime(x) {}
  }
}
