import CKernels

extension Random {
  /// Draws truth values that are true with probability `p`.
  ///
  /// A Double counts as the default float type, so that x64 precision gives other draws, as in JAX.
  public static func bernoulli(
    _ key: Key, _ p: Double = 0.5, _ shape: Shape = [], resolution: Resolution = .low
  ) -> Tensor {
    if let placeholder = refuse("bernoulli", key, shape, .bool, unless: true, "") {
      return placeholder
    }
    if resolution == .low, DType.defaultFloat == .float32, let words = key.words {
      return bernoulli(words, key.layout, shape, Float(p))
    }
    return composedBernoulli(key, shape, Tensor(p, dtype: .defaultFloat), resolution)
  }

  /// Draws truth values that are true with probabilities that broadcast to the shape.
  ///
  /// The dtype of `p` is that of the uniform numbers that it is compared with.
  @_disfavoredOverload
  public static func bernoulli(
    _ key: Key, _ p: Tensor, _ shape: Shape? = nil, resolution: Resolution = .low
  ) -> Tensor {
    let shape = shape ?? p.shape
    if let placeholder = refuse(
      "bernoulli", key, shape, p.dtype, unless: p.dtype.isFloatingPoint, "a floating-point type")
    {
      return placeholder.cast(to: .bool)
    }
    return composedBernoulli(key, shape, p, resolution)
  }

  /// One pass in C, which hashes and compares.
  private static func bernoulli(
    _ key: Threefry.Pair, _ layout: ThreefryLayout, _ shape: Shape, _ p: Float
  ) -> Tensor {
    let result = NDArray(uninitialized: .bool, shape)
    let (data, count) = (result.pointer(as: UInt8.self), result.count)
    Sampling.fill(count, width: 32, layout) { layout, begin, end in
      ck_random_bernoulli_f32(key.0, key.1, layout, data, count, begin, end, p)
    }
    return Tensor(result)
  }
}
