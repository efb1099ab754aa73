extension Random {
  /// Draws from the exponential distribution of mean 1.
  public static func exponential(
    _ key: Key, _ shape: Shape = [], dtype: DType = .defaultFloat
  ) -> Tensor {
    if let placeholder = refuse("exponential", key, shape, dtype) { return placeholder }
    return -Log1p()(-uniform(key, shape, dtype: dtype))
  }

  /// Draws from the Laplace distribution of mean 0 and scale 1.
  public static func laplace(
    _ key: Key, _ shape: Shape = [], dtype: DType = .defaultFloat
  ) -> Tensor {
    if let placeholder = refuse("laplace", key, shape, dtype) { return placeholder }
    let u = uniform(key, shape, dtype: dtype, low: dtype.aboveMinusOne)
    return Mul()(Sign()(u), Log1p()(-Abs()(u)))
  }

  /// Draws from the logistic distribution of mean 0 and scale 1.
  public static func logistic(
    _ key: Key, _ shape: Shape = [], dtype: DType = .defaultFloat
  ) -> Tensor {
    if let placeholder = refuse("logistic", key, shape, dtype) { return placeholder }
    let u = uniform(key, shape, dtype: dtype, low: dtype.leastNormal)
    return Sub()(Log()(u), Log1p()(-u))
  }

  /// Draws from the Gumbel distribution of location 0 and scale 1.
  ///
  /// The largest of numbers of which each has such noise added falls on each with the probability of
  /// its softmax; that is how ``categorical(_:_:axis:shape:replacing:resolution:)`` draws.
  public static func gumbel(
    _ key: Key, _ shape: Shape = [], dtype: DType = .defaultFloat, resolution: Resolution = .low
  ) -> Tensor {
    if let placeholder = refuse("gumbel", key, shape, dtype) { return placeholder }
    switch resolution {
    case .low:
      return -Log()(-Log()(uniform(key, shape, dtype: dtype, low: dtype.leastNormal)))
    case .high:
      let (coarse, fine) = uniformPair(key, shape, dtype)
      // As XLA rounds it: the product and the sum at once, except in half precisions.
      let ulp = full(like: fine, dtype.epsilon)
      let sum =
        dtype.byteSize == 2 ? Add()(coarse, Mul()(ulp, fine)) : Fma()(ulp, fine, coarse)
      let refined = Add()(sum, full(like: sum, dtype.leastNormal))
      let x = Select()(Ge()(coarse, full(like: coarse, 0.5)), coarse, refined)
      return -Log()(-Log1p()(-x))
    }
  }

  /// Draws from the Cauchy distribution of location 0 and scale 1.
  public static func cauchy(
    _ key: Key, _ shape: Shape = [], dtype: DType = .defaultFloat
  ) -> Tensor {
    if let placeholder = refuse("cauchy", key, shape, dtype) { return placeholder }
    let u = uniform(key, shape, dtype: dtype, low: dtype.epsilon)
    return Tan()(Mul()(full(like: u, Double.pi), Sub()(u, full(like: u, 0.5))))
  }
}
