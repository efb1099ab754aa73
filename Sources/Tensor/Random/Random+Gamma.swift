extension Random {
  /// Draws from the gamma distribution of shape parameter `alpha` and scale 1.
  ///
  /// `shape` is that of `alpha` unless it is given. Differentiable by `alpha`. Equal to JAX to
  /// rounding.
  public static func gamma(
    _ key: Key, _ alpha: Tensor, _ shape: Shape? = nil, dtype: DType = .defaultFloat
  ) -> Tensor {
    gamma("gamma", key, alpha, shape, dtype, isLogarithmic: false)
  }

  /// Draws logarithms of gamma-distributed numbers, which small `alpha` would make 0.
  public static func logGamma(
    _ key: Key, _ alpha: Tensor, _ shape: Shape? = nil, dtype: DType = .defaultFloat
  ) -> Tensor {
    gamma("logGamma", key, alpha, shape, dtype, isLogarithmic: true)
  }

  private static func gamma(
    _ name: String, _ key: Key, _ alpha: Tensor, _ shape: Shape?, _ dtype: DType,
    isLogarithmic: Bool
  ) -> Tensor {
    let shape = shape ?? alpha.shape
    if let placeholder = refuse(name, key, shape, dtype) { return placeholder }
    let draw = RandomGamma(isLogarithmic: isLogarithmic, layout: key.layout)
    return bind(draw, key.data, alpha.cast(to: dtype).broadcast(to: shape))
  }

  /// Draws from the beta distribution of parameters `a` and `b`, which broadcast together.
  public static func beta(
    _ key: Key, _ a: Tensor, _ b: Tensor, _ shape: Shape? = nil, dtype: DType = .defaultFloat
  ) -> Tensor {
    guard let shape = commonShape("beta", shape, [("a", a), ("b", b)]) else { return a }
    let keys = key.split()
    let x = logGamma(keys[0], a, shape, dtype: dtype)
    let y = logGamma(keys[1], b, shape, dtype: dtype)
    // x / (x + y) from logarithms, without under- or overflow.
    let largest = Max()(x, y)
    let (scaledX, scaledY) = (Exp()(x - largest), Exp()(y - largest))
    return scaledX / (scaledX + scaledY)
  }

  /// Draws from the Dirichlet distribution: vectors along the last axis of `alpha` that sum to 1.
  ///
  /// `shape` is that of the draws without the last axis.
  public static func dirichlet(
    _ key: Key, _ alpha: Tensor, _ shape: Shape? = nil, dtype: DType = .defaultFloat
  ) -> Tensor {
    guard alpha.rank > 0 else {
      record(
        TensorError(
          "Random.dirichlet", .rankInvalid(rank: 0, expected: "at least 1"),
          [.init("alpha", alpha.type)]))
      return alpha
    }
    let batch = shape ?? alpha.shape[0..<alpha.rank - 1]
    let sizes = Shape(batch.dimensions + [alpha.shape[-1]])
    return softmax(logGamma(key, alpha, sizes, dtype: dtype), axis: -1)
  }

  /// Draws from Student's t distribution with `df` degrees of freedom.
  public static func t(
    _ key: Key, _ df: Tensor, _ shape: Shape? = nil, dtype: DType = .defaultFloat
  ) -> Tensor {
    let shape = shape ?? df.shape
    let keys = key.split()
    let half = df.cast(to: dtype) / Tensor(2, dtype: dtype)
    let normal = normal(keys[0], shape, dtype: dtype)
    return normal * sqrt(half / gamma(keys[1], half, shape, dtype: dtype))
  }

  /// Draws from the chi-squared distribution with `df` degrees of freedom.
  public static func chiSquare(
    _ key: Key, _ df: Tensor, _ shape: Shape? = nil, dtype: DType = .defaultFloat
  ) -> Tensor {
    let half = df.cast(to: dtype) / Tensor(2, dtype: dtype)
    return exp(logGamma(key, half, shape ?? df.shape, dtype: dtype)) * Tensor(2, dtype: dtype)
  }

  /// Draws from the F distribution with `numerator` and `denominator` degrees of freedom.
  public static func f(
    _ key: Key, _ numerator: Tensor, _ denominator: Tensor, _ shape: Shape? = nil,
    dtype: DType = .defaultFloat
  ) -> Tensor {
    let parameters = [("numerator", numerator), ("denominator", denominator)]
    guard let shape = commonShape("f", shape, parameters) else { return numerator }
    let keys = key.split()
    let (a, b) = (numerator.cast(to: dtype), denominator.cast(to: dtype))
    return (chiSquare(keys[1], a, shape, dtype: dtype) / a)
      / (chiSquare(keys[0], b, shape, dtype: dtype) / b)
  }

  /// The given shape, or that to which all parameters broadcast; records an error if there is none.
  package static func commonShape(
    _ operation: String, _ shape: Shape?, _ parameters: [(name: String, value: Tensor)]
  ) -> Shape? {
    var common: Shape? = .scalar
    for parameter in parameters { common = common?.broadcast(with: parameter.value.shape) }
    if let shape = shape ?? common { return shape }
    record(
      TensorError(
        "Random.\(operation)", .shapesDiffer,
        parameters.map { .init($0.name, $0.value.type) }))
    return nil
  }
}
