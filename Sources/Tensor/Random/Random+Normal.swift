import CKernels

extension Random {
  /// Draws from the normal distribution of mean 0 and variance 1, by the inverse of its integral.
  ///
  /// Of a complex dtype, both parts are normal with variance 1/2.
  public static func normal(
    _ key: Key, _ shape: Shape = [], dtype: DType = .defaultFloat
  ) -> Tensor {
    normal(key, shape, dtype, scale: 1)
  }

  /// Normal numbers times `scale`, which is rounded to the dtype first.
  package static func normal(
    _ key: Key, _ shape: Shape, _ dtype: DType, scale: Double
  ) -> Tensor {
    if dtype.isComplex { return complexNormal(key, shape, dtype, scale: scale) }
    if let placeholder = refuse("normal", key, shape, dtype) { return placeholder }
    if dtype == .float32, let words = key.words {
      return normal(words, key.layout, shape, scale: Float(scale))
    }
    let sample = composedNormal(key, shape, dtype)
    return scale == 1 ? sample : sample * Tensor(scale, dtype: dtype)
  }

  private static func complexNormal(
    _ key: Key, _ shape: Shape, _ dtype: DType, scale: Double
  ) -> Tensor {
    if let placeholder = refuse("normal", key, shape, dtype, unless: true, "") {
      return placeholder
    }
    let keys = key.split()
    let parts = keys.map { normal($0, shape, dtype: dtype.realDType) }
    let sample = complex(parts[0], parts[1])
    let unit = Div()(sample, full(like: sample, 2.0.squareRoot()))
    return scale == 1 ? unit : unit * Tensor(scale, dtype: dtype)
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
