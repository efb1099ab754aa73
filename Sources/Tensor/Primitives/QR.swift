/// Orthonormal columns q and an upper triangle r with x = q r, by Householder reflections.
///
/// Of matrices [..., m, n], q is [..., m, k] and r [..., k, n] with k = min(m, n), or k = m if
/// `isFull`. The signs are LAPACK's. Mirrors `jax.lax.linalg.qr`.
package struct QR: MatrixFunction {
  package static let name = "qr"
  package let isFull: Bool

  package init(isFull: Bool) { self.isFull = isFull }

  package func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    let x = inputs[0]
    try checkMatrix(x, square: false)
    let (m, n) = (x.shape.dimensions[x.rank - 2], x.shape.dimensions[x.rank - 1])
    let k = isFull ? m : Swift.min(m, n)
    let batch = Array(x.shape.dimensions.dropLast(2))
    return [x.with(shape: Shape(batch + [m, k])), x.with(shape: Shape(batch + [k, n]))]
  }

  package func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] {
    Orthonormal.qr(inputs[0], outputs)
  }

  package func jvp(
    _ primals: [Tensor], _ tangents: [Tensor?]
  ) -> (primals: [Tensor], tangents: [Tensor?]) {
    let x = primals[0]
    let results = bind(self, [x])
    guard let t = tangents[0] else { return (results, [nil, nil]) }
    let (q, r) = (results[0], results[1])
    let (m, n) = (x.shape[-2], x.shape[-1])
    guard !isFull || m <= n else {
      record(
        TensorError(
          Self.name, .other("the full factors of a tall matrix have no derivative here"),
          [.init("operand", x.type)], hint: "use the reduced factors"))
      return (results, [nil, nil])
    }
    // A wide matrix: the square part on the left decides q, and r = q^T x to the right of it.
    let size = Swift.min(m, n)
    let columns = x.rank - 1
    let (dq, square) = factorTangents(
      q, r.sliced(along: columns, 0..<size), t.sliced(along: columns, 0..<size))
    guard m < n else { return (results, [dq, square]) }
    let rest = size..<n
    let right = Add()(
      matmul(matrixTranspose(dq), x.sliced(along: columns, rest)),
      matmul(matrixTranspose(q), t.sliced(along: columns, rest)))
    return (results, [dq, bind(Concatenate(axis: columns), square, right)])
  }

  /// With d = dx r^-1 and c = q^T d: q^T dq is the antisymmetric part that c's lower triangle
  /// gives.
  private func factorTangents(_ q: Tensor, _ r: Tensor, _ t: Tensor) -> (Tensor, Tensor) {
    let form = TriangularForm(
      leftSide: false, isLower: false, transposesA: false, hasUnitDiagonal: false)
    let d: Tensor = bind(TriangularSolve(form), r, t)
    let c = matmul(matrixTranspose(q), d)
    let lower = tril(c, offset: -1)
    let turn = lower - matrixTranspose(lower)
    return (matmul(q, turn - c) + d, matmul(c - turn, r))
  }
}
