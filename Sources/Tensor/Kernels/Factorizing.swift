/// Runs LAPACK on every matrix of a batch, over the threads.
package enum Factorizing {
  /// The lower Cholesky factors, with zeros above the diagonal; NaN where there is none.
  package static func cholesky(_ x: NDArray, _ output: ShapeDtype) -> NDArray {
    let result = copy(x, output)
    if output.dtype == .float64 {
      cholesky(result, as: Double.self)
    } else {
      cholesky(result, as: Float.self)
    }
    return result
  }

  private static func cholesky<T: LAPACKScalar>(_ result: NDArray, as type: T.Type) {
    let n = result.shape.dimensions.last ?? 0
    let data = result.pointer(as: T.self)
    forEachMatrix(result) { index in
      let a = data + index * n * n
      let exists = T.cholesky(a, Int32(n))
      for row in 0..<n {
        for column in 0..<n {
          if !exists { a[row * n + column] = .nan } else if column > row { a[row * n + column] = 0 }
        }
      }
    }
  }

  package static func triangularSolve(
    _ form: TriangularForm, _ a: NDArray, _ b: NDArray, _ output: ShapeDtype
  ) -> NDArray {
    let a = a.contiguous()
    let result = copy(b, output)
    if output.dtype == .float64 {
      triangularSolve(form, a, result, as: Double.self)
    } else {
      triangularSolve(form, a, result, as: Float.self)
    }
    return result
  }

  private static func triangularSolve<T: LAPACKScalar>(
    _ form: TriangularForm, _ a: NDArray, _ result: NDArray, as type: T.Type
  ) {
    let rank = result.shape.rank
    let (m, n) = (result.shape.dimensions[rank - 2], result.shape.dimensions[rank - 1])
    let size = form.leftSide ? m : n
    let (pa, pb) = (a.pointer(as: T.self), result.pointer(as: T.self))
    defer { withExtendedLifetime(a) {} }
    forEachMatrix(result) { index in
      T.triangularSolve(
        form, Int32(m), Int32(n), pa + index * size * size, pb + index * m * n)
    }
  }

  /// The eigenvectors as columns, and the eigenvalues in rising order.
  package static func eigh(_ x: NDArray, _ outputs: [ShapeDtype]) -> [NDArray] {
    let vectors = copy(x, outputs[0])
    let values = NDArray(uninitialized: outputs[1])
    if outputs[0].dtype == .float64 {
      eigh(vectors, values, as: Double.self)
    } else {
      eigh(vectors, values, as: Float.self)
    }
    return [exchanged(vectors), values]
  }

  private static func eigh<T: LAPACKScalar>(
    _ vectors: NDArray, _ values: NDArray, as type: T.Type
  ) {
    let n = vectors.shape.dimensions.last ?? 0
    let (pa, pw) = (vectors.pointer(as: T.self), values.pointer(as: T.self))
    forEachMatrix(vectors) { index in
      // LAPACK reads the other triangle, as rows are columns to it.
      let a = pa + index * n * n
      for row in 0..<n {
        for column in 0..<row { a[column * n + row] = a[row * n + column] }
      }
      if !T.eigh(pa + index * n * n, Int32(n), pw + index * n) {
        (pa + index * n * n).update(repeating: .nan, count: n * n)
        (pw + index * n).update(repeating: .nan, count: n)
      }
    }
  }

  /// The singular values, falling, the left vectors as columns and the right ones as rows.
  package static func svd(
    _ x: NDArray, isFull: Bool, _ outputs: [ShapeDtype]
  ) -> [NDArray] {
    // Column-major matrices are transposed ones in row-major order.
    let columns = exchanged(x)
    let scratch = copy(columns, columns.type)
    let results = [
      NDArray(uninitialized: outputs[0]), NDArray(uninitialized: exchanged(outputs[1])),
      NDArray(uninitialized: exchanged(outputs[2])),
    ]
    if x.dtype == .float64 {
      svd(scratch, isFull, results, as: Double.self)
    } else {
      svd(scratch, isFull, results, as: Float.self)
    }
    return [results[0], exchanged(results[1]), exchanged(results[2])]
  }

  private static func svd<T: LAPACKScalar>(
    _ scratch: NDArray, _ isFull: Bool, _ results: [NDArray], as type: T.Type
  ) {
    let rank = scratch.shape.rank
    let (m, n) = (scratch.shape.dimensions[rank - 1], scratch.shape.dimensions[rank - 2])
    let k = min(m, n)
    let (pa, ps) = (scratch.pointer(as: T.self), results[0].pointer(as: T.self))
    let (pu, pv) = (results[1].pointer(as: T.self), results[2].pointer(as: T.self))
    let (sizeU, sizeV) = (m * (isFull ? m : k), n * (isFull ? n : k))
    forEachMatrix(scratch) { index in
      let (s, u, v) = (ps + index * k, pu + index * sizeU, pv + index * sizeV)
      let converged = T.svd(
        pa + index * m * n, Int32(m), Int32(n), isFull: isFull, s, u, v)
      if !converged {
        s.update(repeating: .nan, count: k)
        u.update(repeating: .nan, count: sizeU)
        v.update(repeating: .nan, count: sizeV)
      }
    }
    withExtendedLifetime(scratch) {}
  }

  /// A contiguous copy to overwrite.
  private static func copy(_ x: NDArray, _ type: ShapeDtype) -> NDArray {
    let result = NDArray(uninitialized: type)
    if x.count > 0 { Copying.copy(x, into: result) }
    return result
  }

  /// The last two axes exchanged.
  private static func exchanged(_ x: NDArray) -> NDArray {
    var order = Array(x.shape.indices)
    order.swapAt(order.count - 2, order.count - 1)
    return x.transposed(order)
  }

  private static func exchanged(_ type: ShapeDtype) -> ShapeDtype {
    var sizes = type.shape.dimensions
    sizes.swapAt(sizes.count - 2, sizes.count - 1)
    return type.with(shape: Shape(sizes))
  }

  /// Calls `body` with the number of each matrix that has elements.
  private static func forEachMatrix(_ x: NDArray, _ body: (Int) -> Void) {
    BLAS.prepare()
    let size = x.shape.dimensions.suffix(2).reduce(1, *)
    guard size > 0 else { return }
    parallelRanges(x.count / size, grain: max(1, 4096 / size)) { range in
      for index in range { body(index) }
    }
  }
}
