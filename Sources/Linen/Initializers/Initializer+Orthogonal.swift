extension Initializer {
  /// Matrices of orthonormal columns times `scale`, uniform over all of them.
  ///
  /// The sizes of all axes but `columnAxis` are taken together as rows; where there are fewer rows
  /// than columns, the rows are orthonormal.
  ///
  /// Records an error for fewer than two axes, or a dtype other than float32 and float64. "Exact
  /// Solutions to the Nonlinear Dynamics of Learning in Deep Linear Neural Networks",
  /// https://arxiv.org/abs/1312.6120
  public static func orthogonal(scale: Double = 1, columnAxis: Int = -1) -> Initializer {
    Initializer("orthogonal(\(arguments(scale, columnAxis)))") { key, shape, dtype in
      orthogonal(key, shape, dtype, scale, columnAxis)
    }
  }

  /// A kernel of a convolution that is an orthogonal matrix at its centre and zero elsewhere.
  ///
  /// The shape is `[window..., inputs, outputs]` with one to three window axes and at least as many
  /// outputs as inputs; records an error otherwise. "Dynamical Isometry and a Mean Field Theory of
  /// CNNs", https://arxiv.org/abs/1806.05393
  public static func deltaOrthogonal(scale: Double = 1, columnAxis: Int = -1) -> Initializer {
    Initializer("deltaOrthogonal(\(arguments(scale, columnAxis)))") { key, shape, dtype in
      guard (3...5).contains(shape.rank) else {
        return refuse(
          "Delta orthogonal initializer requires a 3D, 4D or 5D shape.", shape, dtype)
      }
      guard shape[-1] >= shape[-2] else {
        return refuse("`fan_in` must be less or equal than `fan_out`.", shape, dtype)
      }
      let window = shape[0..<shape.rank - 2]
      let matrix = orthogonal(key, [shape[-2], shape[-1]], dtype, scale, columnAxis)
      let centre = window.map { ($0 - 1) / 2 }
      return padded(matrix, window: window, centre: centre)
    }
  }

  private static func arguments(_ scale: Double, _ columnAxis: Int) -> String {
    var parts: [String] = []
    if scale != 1 { parts.append("scale: \(scale)") }
    if columnAxis != -1 { parts.append("columnAxis: \(columnAxis)") }
    return parts.joined(separator: ", ")
  }

  private static func orthogonal(
    _ key: Key, _ shape: Shape, _ dtype: DType, _ scale: Double, _ columnAxis: Int
  ) -> Tensor {
    guard shape.rank >= 2 else {
      return refuse("orthogonal initializer requires at least a 2D shape", shape, dtype)
    }
    guard let axis = shape.resolve(axes: [columnAxis])?.first else {
      record(
        TensorError(
          "orthogonal", .axisOutOfRange(axis: columnAxis, rank: shape.rank),
          [.init("kernel", ShapeDtype(shape, dtype))]))
      return Tensor.zeros(shape, dtype: dtype)
    }
    guard shape.elementCount > 0 else { return Tensor.zeros(shape, dtype: dtype) }
    let columns = shape[axis]
    let matrix = Random.orthogonal(
      key, shape.elementCount / columns, columns, dtype: dtype)
    let others = shape.removing([axis])
    let kernel = moveAxis(
      matrix.reshaped(to: Shape(others.dimensions + [columns])), from: shape.rank - 1, to: axis)
    return kernel * Tensor(scale, dtype: dtype)
  }

  /// The matrix at one place of a window of zeros.
  private static func padded(_ matrix: Tensor, window: Shape, centre: [Int]) -> Tensor {
    let ones = window.map { _ in 1 }
    let low = centre + [0, 0]
    let high = zip(window, centre).map { $0 - 1 - $1 } + [0, 0]
    let kernel = matrix.reshaped(to: Shape(ones + matrix.shape.dimensions))
    return bind(
      Pad(low: low, high: high, interior: low.map { _ in 0 }), kernel,
      zeroScalar(of: kernel.type))
  }
}
