/// A primitive on the matrices of the last two axes; all axes before them are a batch.
package protocol MatrixFunction: Primitive {}

extension MatrixFunction {
  package func batch(
    _ inputs: [Tensor], _ axes: [Int?], size: Int
  ) -> (outputs: [Tensor], axes: [Int?]) {
    let front = zip(inputs, axes).map { input, axis in
      axis.map { moveAxis(input, from: $0, to: 0) } ?? insertAxis(input, at: 0, size: size)
    }
    let outputs = bind(self, front)
    return (outputs, outputs.map { _ in 0 })
  }

  package func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    notLinear(inputs)
  }

  /// Nothing: XLA sees a call of a library.
  package func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost { Cost() }

  /// Checks for at least two axes, the last equal if `square`, and float32 or float64.
  package func checkMatrix(_ x: ShapeDtype, square: Bool) throws(TensorError) {
    guard x.rank >= 2 else {
      throw TensorError(
        Self.name, .rankInvalid(rank: x.rank, expected: "at least 2"), [.init("operand", x)],
        placeholders: placeholders(x))
    }
    guard !square || x.shape.dimensions[x.rank - 1] == x.shape.dimensions[x.rank - 2] else {
      throw TensorError(
        Self.name, .sizesDiffer(what: "the sizes of the last two axes"), [.init("operand", x)],
        placeholders: placeholders(x))
    }
    guard x.dtype == .float32 || x.dtype == .float64 else {
      throw TensorError(
        Self.name, .dtypeUnsupported(dtype: x.dtype, expected: "f32 or f64"),
        [.init("operand", x)], placeholders: placeholders(x))
    }
  }

  /// As many as the results could be.
  private func placeholders(_ x: ShapeDtype) -> [ShapeDtype] { [x, x, x] }
}

/// The last two axes exchanged.
func matrixTranspose(_ x: Tensor) -> Tensor {
  var order = Array(x.shape.indices)
  order.swapAt(order.count - 2, order.count - 1)
  return bind(Transpose(order), x)
}

/// The symmetric matrix with the lower triangle of `x`.
func symmetricFromLower(_ x: Tensor) -> Tensor {
  Add()(tril(x), matrixTranspose(tril(x, offset: -1)))
}
