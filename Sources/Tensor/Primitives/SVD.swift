/// Singular values, falling, with left vectors as columns and right ones as rows: x = u diag(s) v.
///
/// Of matrices [..., m, n], u is [..., m, k] and v [..., k, n] with k = min(m, n); both are square
/// if `isFull`. Results: s, u, v. Mirrors `jax.lax.linalg.svd`.
package struct SVD: MatrixFunction {
  package static let name = "svd"
  package let isFull: Bool

  package init(isFull: Bool) { self.isFull = isFull }

  package func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    let x = inputs[0]
    try checkMatrix(x, square: false)
    let (m, n) = (x.shape.dimensions[x.rank - 2], x.shape.dimensions[x.rank - 1])
    let k = Swift.min(m, n)
    let batch = Array(x.shape.dimensions.dropLast(2))
    return [[k], [m, isFull ? m : k], [isFull ? n : k, n]].map {
      x.with(shape: Shape(batch + $0))
    }
  }

  package func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] {
    Factorizing.svd(inputs[0], isFull: isFull, outputs)
  }

  /// First-order perturbation.
  ///
  /// Source: https://people.maths.ox.ac.uk/gilesm/files/NA-08-01.pdf
  package func jvp(
    _ primals: [Tensor], _ tangents: [Tensor?]
  ) -> (primals: [Tensor], tangents: [Tensor?]) {
    let x = primals[0]
    let results = bind(self, [x])
    guard let t = tangents[0] else { return (results, [nil, nil, nil]) }
    let (m, n) = (x.shape[-2], x.shape[-1])
    guard !isFull || m == n else {
      record(
        TensorError(
          Self.name, .other("the full factors of an oblong matrix have no derivative here"),
          [.init("operand", x.type)], hint: "use the reduced factors"))
      return (results, [nil, nil, nil])
    }
    let (s, u, v) = (results[0], results[1], matrixTranspose(results[2]))
    let inner = matmul(matmul(matrixTranspose(u), t), v)
    let (row, column) = (s.expandingAxis(-2), s.expandingAxis(-1))
    let identity = eye(s.shape[-1], dtype: s.dtype)
    let gaps = (row + column) * (row - column)
    let weights = 1 / (gaps + identity) - identity
    let (right, left) = (row * inner, column * inner)
    let isZero = (s .== 0).cast(to: s.dtype)
    let inverse = (1 / (s + isZero) - isZero).expandingAxis(-1) * identity
    let turn = (inner - matrixTranspose(inner)) * inverse * 0.5
    var du = matmul(u, weights * (right + matrixTranspose(right)) + turn)
    var dv = matmul(v, weights * (left + matrixTranspose(left)))
    if m > n {
      let image = matmul(t, v)
      du = du + (image - matmul(u, matmul(matrixTranspose(u), image))) / row
    }
    if n > m {
      let image = matmul(matrixTranspose(t), u)
      dv = dv + (image - matmul(v, matmul(matrixTranspose(v), image))) / row
    }
    return (results, [diagonal(inner), du, matrixTranspose(dv)])
  }
}
