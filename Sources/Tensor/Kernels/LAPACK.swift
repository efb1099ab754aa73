import COpenBLAS

/// How a triangular system is read.
package struct TriangularForm: Hashable, Sendable {
  /// Whether the unknown stands to the right of the triangle, op(a) x = b, or to its left.
  package let leftSide: Bool
  /// Whether the triangle is the lower one; the other is not read.
  package let isLower: Bool
  package let transposesA: Bool
  /// Whether the diagonal counts as ones and is not read.
  package let hasUnitDiagonal: Bool

  package init(leftSide: Bool, isLower: Bool, transposesA: Bool, hasUnitDiagonal: Bool) {
    self.leftSide = leftSide
    self.isLower = isLower
    self.transposesA = transposesA
    self.hasUnitDiagonal = hasUnitDiagonal
  }

  /// The same with the triangle transposed once more.
  package var transposed: TriangularForm {
    TriangularForm(
      leftSide: leftSide, isLower: isLower, transposesA: !transposesA,
      hasUnitDiagonal: hasUnitDiagonal)
  }
}

/// An element type that LAPACK factorizes; each function takes one matrix.
protocol LAPACKScalar: BinaryFloatingPoint {
  /// Replaces the lower triangle of a row-major matrix by its Cholesky factor; false if it has
  /// none.
  static func cholesky(_ a: UnsafeMutablePointer<Self>, _ n: Int32) -> Bool

  /// Replaces the row-major b, m by n, by the solution.
  static func triangularSolve(
    _ form: TriangularForm, _ m: Int32, _ n: Int32, _ a: UnsafePointer<Self>,
    _ b: UnsafeMutablePointer<Self>)

  /// Replaces a symmetric matrix by its eigenvectors as rows, with their eigenvalues rising; false
  /// if it does not converge.
  static func eigh(
    _ a: UnsafeMutablePointer<Self>, _ n: Int32, _ w: UnsafeMutablePointer<Self>
  ) -> Bool

  /// Factorizes a column-major matrix, m by n, which it overwrites, into column-major u and v.
  static func svd(
    _ a: UnsafeMutablePointer<Self>, _ m: Int32, _ n: Int32, isFull: Bool,
    _ s: UnsafeMutablePointer<Self>, _ u: UnsafeMutablePointer<Self>,
    _ v: UnsafeMutablePointer<Self>
  ) -> Bool
}

extension Float: LAPACKScalar {
  static func cholesky(_ a: UnsafeMutablePointer<Float>, _ n: Int32) -> Bool {
    var (n, info) = (n, Int32(0))
    spotrf_("U", &n, a, &n, &info)
    return info == 0
  }

  static func triangularSolve(
    _ form: TriangularForm, _ m: Int32, _ n: Int32, _ a: UnsafePointer<Float>,
    _ b: UnsafeMutablePointer<Float>
  ) {
    cblas_strsm(
      CblasRowMajor, form.leftSide ? CblasLeft : CblasRight,
      form.isLower ? CblasLower : CblasUpper, form.transposesA ? CblasTrans : CblasNoTrans,
      form.hasUnitDiagonal ? CblasUnit : CblasNonUnit, m, n, 1, a, form.leftSide ? m : n, b, n)
  }

  static func eigh(
    _ a: UnsafeMutablePointer<Float>, _ n: Int32, _ w: UnsafeMutablePointer<Float>
  ) -> Bool {
    var (n, info) = (n, Int32(0))
    var (room, integers) = (1 + 6 * n + 2 * n * n, 3 + 5 * n)
    var work = [Float](repeating: 0, count: Int(room))
    var iwork = [Int32](repeating: 0, count: Int(integers))
    ssyevd_("V", "L", &n, a, &n, w, &work, &room, &iwork, &integers, &info)
    return info == 0
  }

  static func svd(
    _ a: UnsafeMutablePointer<Float>, _ m: Int32, _ n: Int32, isFull: Bool,
    _ s: UnsafeMutablePointer<Float>, _ u: UnsafeMutablePointer<Float>,
    _ v: UnsafeMutablePointer<Float>
  ) -> Bool {
    var (m, n, info) = (m, n, Int32(0))
    let (low, high) = (min(m, n), max(m, n))
    var room = 4 * low * low + 7 * low + 32 * (low + high) + high
    var rows = isFull ? n : low
    var work = [Float](repeating: 0, count: Int(room))
    var iwork = [Int32](repeating: 0, count: Int(8 * low))
    sgesdd_(
      isFull ? "A" : "S", &m, &n, a, &m, s, u, &m, v, &rows, &work, &room, &iwork, &info)
    return info == 0
  }
}

extension Double: LAPACKScalar {
  static func cholesky(_ a: UnsafeMutablePointer<Double>, _ n: Int32) -> Bool {
    var (n, info) = (n, Int32(0))
    dpotrf_("U", &n, a, &n, &info)
    return info == 0
  }

  static func triangularSolve(
    _ form: TriangularForm, _ m: Int32, _ n: Int32, _ a: UnsafePointer<Double>,
    _ b: UnsafeMutablePointer<Double>
  ) {
    cblas_dtrsm(
      CblasRowMajor, form.leftSide ? CblasLeft : CblasRight,
      form.isLower ? CblasLower : CblasUpper, form.transposesA ? CblasTrans : CblasNoTrans,
      form.hasUnitDiagonal ? CblasUnit : CblasNonUnit, m, n, 1, a, form.leftSide ? m : n, b, n)
  }

  static func eigh(
    _ a: UnsafeMutablePointer<Double>, _ n: Int32, _ w: UnsafeMutablePointer<Double>
  ) -> Bool {
    var (n, info) = (n, Int32(0))
    var (room, integers) = (1 + 6 * n + 2 * n * n, 3 + 5 * n)
    var work = [Double](repeating: 0, count: Int(room))
    var iwork = [Int32](repeating: 0, count: Int(integers))
    dsyevd_("V", "L", &n, a, &n, w, &work, &room, &iwork, &integers, &info)
    return info == 0
  }

  static func svd(
    _ a: UnsafeMutablePointer<Double>, _ m: Int32, _ n: Int32, isFull: Bool,
    _ s: UnsafeMutablePointer<Double>, _ u: UnsafeMutablePointer<Double>,
    _ v: UnsafeMutablePointer<Double>
  ) -> Bool {
    var (m, n, info) = (m, n, Int32(0))
    let (low, high) = (min(m, n), max(m, n))
    var room = 4 * low * low + 7 * low + 32 * (low + high) + high
    var rows = isFull ? n : low
    var work = [Double](repeating: 0, count: Int(room))
    var iwork = [Int32](repeating: 0, count: Int(8 * low))
    dgesdd_(
      isFull ? "A" : "S", &m, &n, a, &m, s, u, &m, v, &rows, &work, &room, &iwork, &info)
    return info == 0
  }
}
