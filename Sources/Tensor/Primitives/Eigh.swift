/// The eigenvectors, as columns, and eigenvalues, rising, of symmetric matrices.
///
/// Reads the lower triangle of `x`. The derivative of the vectors is infinite where eigenvalues are
/// equal. Mirrors `jax.lax.linalg.eigh`.
package struct Eigh: MatrixFunction {
  package static let name = "eigh"

  package init() {}

  package func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    let x = inputs[0]
    try checkMatrix(x, square: true)
    return [x, x.with(shape: Shape(Array(x.shape.dimensions.dropLast())))]
  }

  package func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] {
    Factorizing.eigh(inputs[0], outputs)
  }

  /// First-order perturbation.
  ///
  /// Source: https://people.maths.ox.ac.uk/gilesm/files/NA-08-01.pdf
  package func jvp(
    _ primals: [Tensor], _ tangents: [Tensor?]
  ) -> (primals: [Tensor], tangents: [Tensor?]) {
    let results = bind(self, primals)
    guard let t = tangents[0] else { return (results, [nil, nil]) }
    let (v, w) = (results[0], results[1])
    let inner = matmul(matmul(matrixTranspose(v), symmetricFromLower(t)), v)
    let identity = eye(w.shape[-1], dtype: w.dtype)
    let gaps = identity + w.expandingAxis(-2) - w.expandingAxis(-1)
    let weights = bind(IntegerPow(-1), gaps) as Tensor - identity
    return (results, [matmul(v, weights * inner), diagonal(inner)])
  }
}
