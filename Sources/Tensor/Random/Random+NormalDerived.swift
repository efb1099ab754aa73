extension Random {
  /// Draws exponentials of normal numbers of standard deviation `sigma`.
  public static func logNormal(
    _ key: Key, _ sigma: Tensor = 1, _ shape: Shape? = nil, dtype: DType = .defaultFloat
  ) -> Tensor {
    exp(normal(key, shape ?? sigma.shape, dtype: dtype) * sigma.cast(to: dtype))
  }

  /// Draws lengths of normal vectors of three components: the Maxwell distribution of scale 1.
  public static func maxwell(
    _ key: Key, _ shape: Shape = [], dtype: DType = .defaultFloat
  ) -> Tensor {
    let vectors = normal(key, shape.inserting(3, at: shape.rank), dtype: dtype)
    return sqrt(sum(vectors * vectors, axes: [-1]))
  }

  /// Draws from the Maxwell distribution with a random sign, times `scale`, plus `location`.
  ///
  /// The parameters' common shape follows `shape`, which is that shape too if it is not given.
  public static func doubleSidedMaxwell(
    _ key: Key, _ location: Tensor, _ scale: Tensor, _ shape: Shape = [],
    dtype: DType = .defaultFloat
  ) -> Tensor {
    let parameters = [("location", location), ("scale", scale)]
    guard let common = commonShape("doubleSidedMaxwell", nil, parameters) else { return location }
    let leading = shape.rank == 0 ? common : shape
    let sizes = Shape(leading.dimensions + common.dimensions)
    let keys = key.split()
    let sign = rademacher(keys[1], sizes, dtype: dtype)
    return sign * maxwell(keys[0], sizes, dtype: dtype) * scale + location
  }

  /// Draws lengths of normal vectors of two components times `scale`: the Rayleigh distribution.
  public static func rayleigh(
    _ key: Key, _ scale: Tensor, _ shape: Shape? = nil, dtype: DType = .defaultFloat
  ) -> Tensor {
    let u = uniform(key, shape ?? scale.shape, dtype: dtype)
    return scale.cast(to: dtype) * sqrt(log(u) * Tensor(-2, dtype: dtype))
  }

  /// Draws from the inverse Gaussian distribution of mean `mean` and concentration 1.
  /// https://doi.org/10.1080/00031305.1976.10479147
  public static func wald(
    _ key: Key, _ mean: Tensor, _ shape: Shape? = nil, dtype: DType = .defaultFloat
  ) -> Tensor {
    let shape = shape ?? mean.shape
    let keys = key.split()
    let mean = mean.cast(to: dtype).broadcast(to: shape)
    let y = square(normal(keys[0], shape, dtype: dtype))
    let z = uniform(keys[1], shape, dtype: dtype)
    let squaredMean = square(mean)
    let root = sqrt(4.0 * mean * y + squaredMean * square(y))
    let x = mean + squaredMean * y / 2.0 - mean / 2.0 * root
    return which(z .<= mean / (mean + x), x, squaredMean / x)
  }

  /// Draws from the density proportional to exp(-|x|^p).
  public static func generalizedNormal(
    _ key: Key, p: Double, _ shape: Shape = [], dtype: DType = .defaultFloat
  ) -> Tensor {
    let keys = key.split()
    let size = gamma(keys[0], Tensor(1 / p, dtype: dtype), shape, dtype: dtype)
    return rademacher(keys[1], shape, dtype: dtype) * pow(size, Tensor(1 / p, dtype: dtype))
  }

  /// Draws points uniformly from the ball of radius 1 by the p-norm, in `dimension` dimensions.
  ///
  /// Gives `[shape..., dimension]`. https://arxiv.org/abs/math/0503650
  public static func ball(
    _ key: Key, _ dimension: Int, p: Double = 2, shape: Shape = [], dtype: DType = .defaultFloat
  ) -> Tensor {
    let keys = key.split()
    let sizes = shape.inserting(dimension, at: shape.rank)
    let point = generalizedNormal(keys[0], p: p, sizes, dtype: dtype)
    let rest = exponential(keys[1], shape, dtype: dtype)
    let power = sum(pow(abs(point), Tensor(p, dtype: dtype)), axes: [-1])
    let radius = pow(power + rest, Tensor(1 / p, dtype: dtype))
    return point / radius.expandingAxis(-1)
  }
}
