import CKernels

extension Random {
  /// Draws from the normal distribution, cut to the open interval from `lower` to `upper`.
  ///
  /// The variance is that of the cut distribution: 0.774 for bounds of -2 and 2.
  public static func truncatedNormal(
    _ key: Key, _ lower: Double, _ upper: Double, _ shape: Shape = [], dtype: DType = .defaultFloat
  ) -> Tensor {
    truncatedNormal(key, lower, upper, shape, dtype, scale: 1)
  }

  /// Draws from the normal distribution, cut to bounds that broadcast to the shape.
  @_disfavoredOverload
  public static func truncatedNormal(
    _ key: Key, _ lower: Tensor, _ upper: Tensor, _ shape: Shape? = nil,
    dtype: DType = .defaultFloat
  ) -> Tensor {
    guard let shape = shape ?? lower.shape.broadcast(with: upper.shape) else {
      record(
        TensorError(
          "Random.truncatedNormal", .shapesDiffer,
          [.init("lower", lower.type), .init("upper", upper.type)]))
      return .placeholder(lower.type.with(dtype: dtype))
    }
    if let placeholder = refuse("truncatedNormal", key, shape, dtype) { return placeholder }
    return composedTruncatedNormal(
      key, shape, dtype, lower: lower.cast(to: dtype), upper: upper.cast(to: dtype))
  }

  /// Truncated normal numbers times `scale`, which is rounded to the dtype first.
  package static func truncatedNormal(
    _ key: Key, _ lower: Double, _ upper: Double, _ shape: Shape, _ dtype: DType, scale: Double
  ) -> Tensor {
    if let placeholder = refuse("truncatedNormal", key, shape, dtype) { return placeholder }
    if dtype == .float32, let words = key.words {
      return truncatedNormal(
        words, key.layout, shape, lower: Float(lower), upper: Float(upper), scale: Float(scale))
    }
    let sample = composedTruncatedNormal(
      key, shape, dtype, lower: Tensor(lower, dtype: dtype), upper: Tensor(upper, dtype: dtype))
    return scale == 1 ? sample : sample * Tensor(scale, dtype: dtype)
  }

  /// One pass in C, which hashes and transforms.
  private static func truncatedNormal(
    _ key: Threefry.Pair, _ layout: ThreefryLayout, _ shape: Shape, lower: Float, upper: Float,
    scale: Float
  ) -> Tensor {
    let result = NDArray(uninitialized: .float32, shape)
    let (data, count) = (result.pointer(as: Float.self), result.count)
    let (low, high) = (erfOverRootTwo(lower), erfOverRootTwo(upper))
    let (first, last) = (lower.nextUp, upper.nextDown)
    Sampling.fill(count, width: 32, layout) { layout, begin, end in
      ck_random_truncated_normal_f32(
        key.0, key.1, layout, data, count, begin, end, low, high, first, last, scale)
    }
    return Tensor(result)
  }

  /// erf(x / sqrt(2)); XLA divides by a constant by multiplying with its reciprocal.
  private static func erfOverRootTwo(_ x: Float) -> Float {
    var argument = x * (1 / Float(2).squareRoot())
    var result: Float = 0
    ck_erf(DType.float32.code)?(&argument, 1, &result, 1)
    return result
  }
}
