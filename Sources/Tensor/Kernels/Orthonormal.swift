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
