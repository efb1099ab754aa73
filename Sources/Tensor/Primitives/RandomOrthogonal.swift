/// Random matrices of orthonormal columns, or rows where there are fewer: key data
/// `uint32[batch..., 2]` to `[batch..., shape..., rows, columns]`, as `jax.random.orthogonal`.
///
/// Uniform over all such matrices: the QR factorization of normal numbers, with the signs that make
/// it unique.
package struct RandomOrthogonal: NonDifferentiable {
  package static let name = "random_orthogonal"
  package let shape: Shape
  package let rows: Int
  package let columns: Int
  package let dtype: DType
  package let layout: ThreefryLayout

  package init(
    _ shape: Shape, rows: Int, columns: Int, dtype: DType, layout: ThreefryLayout
  ) {
    self.shape = shape
    self.rows = rows
    self.columns = columns
    self.dtype = dtype
    self.layout = layout
  }

  package func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    let sizes = Shape(shape.dimensions + [rows, columns])
    let batch = try KeyData.batch(Self.name, inputs[0], sampling: sizes)
    let output = ShapeDtype(Shape(batch.dimensions + sizes.dimensions), dtype)
    guard dtype == .float32 || dtype == .float64 else {
      throw TensorError(
        Self.name, .dtypeUnsupported(dtype: dtype, expected: "f32 or f64"), placeholders: [output])
    }
    return [output]
  }

  package func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] {
    let (tall, narrow) = (max(rows, columns), min(rows, columns))
    let sample = Shape(shape.dimensions + [tall, narrow])
    let size = tall * narrow
    // Column-major matrices, in which the factorization works, are transposed ones in row-major.
    let columnMajor = NDArray(uninitialized: dtype, outputs[0].shape)
    var place = 0
    for words in KeyData.words(inputs[0]) {
      let key = Key(words, layout: layout)
      guard let normal = Random.normal(key, sample, dtype: dtype).array else { continue }
      let rank = sample.rank
      let swapped = normal.transposed(Array(0..<rank - 2) + [rank - 1, rank - 2]).contiguous()
      (columnMajor.data + place * dtype.byteSize).copyMemory(
        from: swapped.data, byteCount: swapped.byteCount)
      place += normal.count
    }
    parallelFor(size == 0 ? 0 : place / size) { index, _ in
      if dtype == .float32 {
        let matrix = columnMajor.pointer(as: Float.self) + index * size
        Orthonormal.factor(matrix, rows: tall, columns: narrow)
      } else {
        let matrix = columnMajor.pointer(as: Double.self) + index * size
        Orthonormal.factor(matrix, rows: tall, columns: narrow)
      }
    }
    // A wide result is the transposed tall one, which the memory holds already.
    if rows < columns { return [columnMajor] }
    let sizes = outputs[0].shape.dimensions
    let transposed = columnMajor.view(Shape(sizes.dropLast(2) + [columns, rows]), strides: nil)
    let rank = sizes.count
    return [transposed.transposed(Array(0..<rank - 2) + [rank - 1, rank - 2])]
  }

  package func batch(
    _ inputs: [Tensor], _ axes: [Int?], size: Int
  ) -> (outputs: [Tensor], axes: [Int?]) {
    (bind(self, [moveAxis(inputs[0], from: axes[0] ?? 0, to: 0)]), [0])
  }

  package func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost { Cost() }
}
