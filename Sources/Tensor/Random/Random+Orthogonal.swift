extension Random {
  /// Draws matrices `[shape..., rows, columns]` of orthonormal columns, or rows where there are fewer.
  ///
  /// All rotations and reflections are equally likely. `columns` is `rows` unless it is given; the
  /// dtype is float32 or float64. Equal to JAX to rounding: both follow LAPACK.
  /// https://doi.org/10.48550/arXiv.math-ph/0609050
  public static func orthogonal(
    _ key: Key, _ rows: Int, _ columns: Int? = nil, shape: Shape = [],
    dtype: DType = .defaultFloat
  ) -> Tensor {
    let columns = columns ?? rows
    let sizes = Shape(shape.dimensions + [rows, columns])
    if let placeholder = refuse(
      "orthogonal", key, sizes, dtype, unless: dtype.isFloatingPoint && dtype.byteSize > 2,
      "f32 or f64")
    {
      return placeholder
    }
    let draw = RandomOrthogonal(
      shape, rows: rows, columns: columns, dtype: dtype, layout: key.layout)
    return bind(draw, key.data)
  }
}
