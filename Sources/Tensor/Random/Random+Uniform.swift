import CKernels

extension Random {
  /// Draws numbers uniformly from `low` (included) to `high` (excluded, but for rounding).
  public static func uniform(
    _ key: Key, _ shape: Shape = [], dtype: DType = .defaultFloat, low: Double = 0, high: Double = 1
  ) -> Tensor {
    if let placeholder = refuse("uniform", key, shape, dtype) { return placeholder }
    if dtype == .float32, let words = key.words {
      return uniform(words, key.layout, shape, low: Float(low), high: Float(high))
    }
    return composedUniform(
      key, shape, dtype, low: Tensor(low, dtype: dtype), high: Tensor(high, dtype: dtype))
  }

  /// Draws numbers uniformly between bounds that broadcast to the shape.
  @_disfavoredOverload
  public static func uniform(
    _ key: Key, _ shape: Shape = [], dtype: DType = .defaultFloat, low: Tensor = 0, high: Tensor = 1
  ) -> Tensor {
    if let placeholder = refuse("uniform", key, shape, dtype) { return placeholder }
    return composedUniform(key, shape, dtype, low: low.cast(to: dtype), high: high.cast(to: dtype))
  }

  /// One pass in C, which hashes and scales.
  private static func uniform(
    _ key: Threefry.Pair, _ layout: ThreefryLayout, _ shape: Shape, low: Float, high: Float
  ) -> Tensor {
    let result = NDArray(uninitialized: .float32, shape)
    let (data, count) = (result.pointer(as: Float.self), result.count)
    Sampling.fill(count, width: 32, layout) { layout, begin, end in
      ck_random_uniform_f32(key.0, key.1, layout, data, count, begin, end, low, high)
    }
    return Tensor(result)
  }
}
