extension Random {
  /// Draws from the Poisson distribution of rate `rate`, as integers.
  ///
  /// By Knuth's products below a rate of 10, by rejection above; equal to JAX where no decision is
  /// within rounding. `shape` is that of the rate unless it is given.
  /// https://doi.org/10.1016/0167-6687(93)90997-4
  public static func poisson(
    _ key: Key, _ rate: Tensor, _ shape: Shape? = nil, dtype: DType = .defaultInteger
  ) -> Tensor {
    let shape = shape ?? rate.shape
    if let placeholder = refuse(
      "poisson", key, shape, dtype, unless: dtype.isInteger, "an integer type")
    {
      return placeholder
    }
    let rates = rate.cast(to: .float32).broadcast(to: shape)
    return bind(RandomPoisson(layout: key.layout), key.data, rates).cast(to: dtype)
  }
}
