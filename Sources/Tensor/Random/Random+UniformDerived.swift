extension Random {
  /// Draws from the Weibull distribution by its cumulative function's inverse.
  public static func weibullMin(
    _ key: Key, scale: Tensor, concentration: Tensor, _ shape: Shape = [],
    dtype: DType = .defaultFloat
  ) -> Tensor {
    let u = uniform(key, shape, dtype: dtype)
    return pow(-log1p(-u), 1.0 / concentration) * scale
  }

  /// Draws from the Pareto distribution of shape parameter `b` and scale 1.
  public static func pareto(
    _ key: Key, _ b: Tensor, _ shape: Shape? = nil, dtype: DType = .defaultFloat
  ) -> Tensor {
    exp(exponential(key, shape ?? b.shape, dtype: dtype) / b.cast(to: dtype))
  }

  /// Draws the number of trials up to the first that succeeds, with probability `p` each.
  public static func geometric(
    _ key: Key, _ p: Tensor, _ shape: Shape? = nil, dtype: DType = .defaultInteger
  ) -> Tensor {
    let p = p.dtype.isFloatingPoint ? p : p.cast(to: .defaultFloat)
    let shape = shape ?? p.shape
    let draw = uniform(key, shape, dtype: p.dtype)
    // 0, of which there is no logarithm, counts as 1.
    let u = which(draw .== Tensor(0, dtype: p.dtype), Tensor(1, dtype: p.dtype), draw)
    let trials = floor(log(u) / log1p(-p).broadcast(to: shape))
    return (trials + Tensor(1, dtype: p.dtype)).cast(to: dtype)
  }

  /// Draws from the density that rises from `left` to `mode` and falls to `right`, linearly.
  public static func triangular(
    _ key: Key, _ left: Tensor, _ mode: Tensor, _ right: Tensor, _ shape: Shape? = nil,
    dtype: DType = .defaultFloat
  ) -> Tensor {
    let parameters = [("left", left), ("mode", mode), ("right", right)]
    guard let shape = commonShape("triangular", shape, parameters) else { return left }
    let left = left.cast(to: dtype).broadcast(to: shape)
    let mode = mode.cast(to: dtype).broadcast(to: shape)
    let right = right.cast(to: dtype).broadcast(to: shape)
    let u = uniform(key, shape, dtype: dtype)
    let rising = left + sqrt(u * (right - left) * (mode - left))
    let falling = right - sqrt((1 - u) * (right - left) * (right - mode))
    return which(u .< (mode - left) / (right - left), rising, falling)
  }
}
