import CKernels

extension Random {
  /// Draws from the normal distribution of mean 0 and variance 1, by the inverse of its integral.
  public static func normal(
    _ key: Key, _ shape: Shape = [], dtype: DType = .defaultFloat
  ) -> Tensor {
    normal(key, shape, dtype, scale: 1)
  }

  /// Normal numbers times `scale`, which is rounded to the dtype first.
  package static func normal(
    _ key: Key, _ shape: Shape, _ dtype: DType, scale: Double
  ) -> Tensor {
    if let placeholder = refuse("normal", key, shape, dtype) { return placeholder }
    if dtype == .float32, let words = key.words {
      return normal(words, key.layout, shape, scale: Float(scale))
    }
    let sample = composedNormal(key, shape, dtype)
    return scale == 1 ? sample : sample * Tensor(scale, dtype: dtype)
  }

  /// One pass in C, which hashes and transforms.
  private static func normal(
    _ key: Threefry.Pair, _ layout: ThreefryLayout, _ shape: Shape, scale: Float
  ) -> Tensor {
    let result = NDArray(uninitialized: .float32, shape)
    let (data, count) = (result.pointer(as: Float.self), result.count)
    Sampling.fill(count, width: 32, layout) { layout, begin, end in
      ck_random_normal_f32(key.0, key.1, layout, data, count, begin, end, scale)
    }
    return Tensor(result)
  }
}
