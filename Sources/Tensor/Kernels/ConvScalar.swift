import CKernels
import COpenBLAS

/// An element type for which there are patch kernels and BLAS products.
protocol ConvScalar: BLASScalar, FloatingPoint, ConvElement {
  /// Writes rows begin..<end of the patch matrix.
  static func patches(
    _ geometry: inout ck_conv2d, _ x: UnsafePointer<Self>, _ rows: Range<Int>,
    _ result: UnsafeMutablePointer<Self>)

  /// Adds rows of a patch matrix to the places they came from.
  static func addPatches(
    _ geometry: inout ck_conv2d, _ patches: UnsafePointer<Self>, _ rows: Range<Int>,
    _ result: UnsafeMutablePointer<Self>)

  /// C = A^T B, plus C if `accumulating`; A is [k, m], B [k, n], both row-major without gaps.
  static func transposedProduct(
    _ m: Int, _ n: Int, _ k: Int, _ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>,
    _ c: UnsafeMutablePointer<Self>, accumulating: Bool)
}

extension Float: ConvScalar {
  static func patches(
    _ geometry: inout ck_conv2d, _ x: UnsafePointer<Float>, _ rows: Range<Int>,
    _ result: UnsafeMutablePointer<Float>
  ) {
    ck_im2col_f32(&geometry, x, rows.lowerBound, rows.upperBound, result)
  }

  static func addPatches(
    _ geometry: inout ck_conv2d, _ patches: UnsafePointer<Float>, _ rows: Range<Int>,
    _ result: UnsafeMutablePointer<Float>
  ) {
    ck_col2im_add_f32(&geometry, patches, rows.lowerBound, rows.upperBound, result)
  }

  static func transposedProduct(
    _ m: Int, _ n: Int, _ k: Int, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
    _ c: UnsafeMutablePointer<Float>, accumulating: Bool
  ) {
    cblas_sgemm(
      CblasRowMajor, CblasTrans, CblasNoTrans, blasint(m), blasint(n), blasint(k), 1, a,
      blasint(m), b, blasint(n), accumulating ? 1 : 0, c, blasint(n))
  }
}

extension Double: ConvScalar {
  static func patches(
    _ geometry: inout ck_conv2d, _ x: UnsafePointer<Double>, _ rows: Range<Int>,
    _ result: UnsafeMutablePointer<Double>
  ) {
    ck_im2col_f64(&geometry, x, rows.lowerBound, rows.upperBound, result)
  }

  static func addPatches(
    _ geometry: inout ck_conv2d, _ patches: UnsafePointer<Double>, _ rows: Range<Int>,
    _ result: UnsafeMutablePointer<Double>
  ) {
    ck_col2im_add_f64(&geometry, patches, rows.lowerBound, rows.upperBound, result)
  }

  static func transposedProduct(
    _ m: Int, _ n: Int, _ k: Int, _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>,
    _ c: UnsafeMutablePointer<Double>, accumulating: Bool
  ) {
    cblas_dgemm(
      CblasRowMajor, CblasTrans, CblasNoTrans, blasint(m), blasint(n), blasint(k), 1, a,
      blasint(m), b, blasint(n), accumulating ? 1 : 0, c, blasint(n))
  }
}
