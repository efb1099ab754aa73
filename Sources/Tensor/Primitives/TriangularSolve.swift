/// The solution x of op(a) x = b, or x op(a) = b, for triangular a.
///
/// Operands: a, b. https://openxla.org/stablehlo/spec#triangular_solve
package struct TriangularSolve: MatrixFunction {
  package static let name = "triangular_solve"
  package let form: TriangularForm

  package init(_ form: TriangularForm) { self.form = form }

  package func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    let (a, b) = (inputs[0], inputs[1])
    try checkMatrix(a, square: true)
    func failure(_ fact: TensorError.Fact) -> TensorError {
      TensorError(Self.name, fact, [.init("a", a), .init("b", b)], placeholders: [b])
    }
    guard a.dtype == b.dtype else { throw failure(.dtypesDiffer) }
    guard a.rank == b.rank, a.shape[0..<a.rank - 2] == b.shape[0..<b.rank - 2] else {
      throw failure(.sizesDiffer(what: "the batch axes"))
    }
    guard
      a.shape.dimensions[a.rank - 1] == b.shape.dimensions[form.leftSide ? b.rank - 2 : b.rank - 1]
    else { throw failure(.sizesDiffer(what: "the sizes of a and b")) }
    return [b]
  }

  package func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] {
    [Factorizing.triangularSolve(form, inputs[0], inputs[1], outputs[0])]
  }

  /// For a x = b: da x + a dx = db, and likewise with a on the right.
  package func jvp(
    _ primals: [Tensor], _ tangents: [Tensor?]
  ) -> (primals: [Tensor], tangents: [Tensor?]) {
    let (a, b) = (primals[0], primals[1])
    let x: Tensor = bind(self, a, b)
    let byB = tangents[1].map { bind(self, a, $0) as Tensor }
    let byA = tangents[0].map { t in
      let offset = form.hasUnitDiagonal ? 1 : 0
      var triangle = form.isLower ? tril(t, offset: -offset) : triu(t, offset: offset)
      if form.transposesA { triangle = matrixTranspose(triangle) }
      let product = form.leftSide ? matmul(triangle, x) : matmul(x, triangle)
      return bind(self, a, Neg()(product)) as Tensor
    }
    return ([x], [sumOfTangents(byA, byB)])
  }

  package func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    guard case (.known(let a), .linear) = (inputs[0], inputs[1]) else { return notLinear(inputs) }
    return [nil, cotangents[0].map { bind(TriangularSolve(form.transposed), a, $0) }]
  }
}
