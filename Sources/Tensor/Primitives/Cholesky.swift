/// The lower triangular factor l of symmetric positive matrices: x = l l^T.
///
/// Reads the lower triangle of `x`; NaN where there is no factor. The tangent is that of
/// https://arxiv.org/abs/1602.07527. https://openxla.org/stablehlo/spec#cholesky
package struct Cholesky: MatrixFunction {
  package static let name = "cholesky"

  package init() {}

  package func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    try checkMatrix(inputs[0], square: true)
    return [inputs[0]]
  }

  package func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] {
    [Factorizing.cholesky(inputs[0], outputs[0])]
  }

  /// l phi(l^-1 dx l^-T), where phi takes the lower triangle with half of the diagonal.
  package func jvp(
    _ primals: [Tensor], _ tangents: [Tensor?]
  ) -> (primals: [Tensor], tangents: [Tensor?]) {
    let l: Tensor = bind(self, primals[0])
    guard let t = tangents[0] else { return ([l], [nil]) }
    func solve(leftSide: Bool, transposed: Bool, _ b: Tensor) -> Tensor {
      let form = TriangularForm(
        leftSide: leftSide, isLower: true, transposesA: transposed, hasUnitDiagonal: false)
      return bind(TriangularSolve(form), l, b)
    }
    let right = solve(leftSide: false, transposed: true, symmetricFromLower(t))
    let both = tril(solve(leftSide: true, transposed: false, right))
    let halves = Tensor.ones([l.shape[-1], l.shape[-1]], dtype: l.dtype)
    let divisor = halves + eye(l.shape[-1], dtype: l.dtype)
    return ([l], [matmul(l, both / divisor)])
  }
}
