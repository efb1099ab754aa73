extension Initializer {
  /// The size that the variance is divided by.
  public enum FanMode: String, Hashable, Sendable {
    /// The inputs of a unit.
    case fanIn
    /// The outputs that an input reaches.
    case fanOut
    /// The mean of both.
    case fanAvg
    /// The geometric mean of both.
    case fanGeoAvg
  }

  /// The distribution of the values.
  public enum Distribution: String, Hashable, Sendable {
    /// Normal, cut at two standard deviations.
    case truncatedNormal
    /// Normal.
    case normal
    /// Uniform around 0.
    case uniform
  }

  /// Values of mean 0 and variance `scale` / fan, so that the size of activations or gradients stays.
  ///
  /// The fans are the products of the sizes along `inAxis` and `outAxis`, each times the sizes of the
  /// axes that neither names (the window of a convolution) but without those of `batchAxis`.
  ///
  /// Records an error if the shape has fewer than two axes and `inAxis` is the default, or if it
  /// lacks an axis. https://arxiv.org/abs/1502.01852
  public static func varianceScaling(
    scale: Double, mode: FanMode, distribution: Distribution,
    inAxis: [Int] = [-2], outAxis: [Int] = [-1], batchAxis: [Int] = []
  ) -> Initializer {
    let scaling = VarianceScaling(
      scale: scale, mode: mode, distribution: distribution,
      axes: FanAxes(input: inAxis, output: outAxis, batch: batchAxis))
    let arguments = "scale: \(scale), mode: .\(mode), distribution: .\(distribution)"
    return scaling.initializer("varianceScaling", arguments)
  }
}

/// The axes that make the fans of a kernel.
struct FanAxes: Hashable, Sendable {
  var input: [Int]
  var output: [Int]
  var batch: [Int]

  /// The arguments that differ from the default, as they are written.
  var description: String {
    var parts: [String] = []
    if input != [-2] { parts.append("inAxis: \(input)") }
    if output != [-1] { parts.append("outAxis: \(output)") }
    if batch != [] { parts.append("batchAxis: \(batch)") }
    return parts.joined(separator: ", ")
  }

  /// The number of inputs and outputs of a unit; nil after recording that the shape does not fit.
  func fans(_ shape: Shape) -> (input: Double, output: Double)? {
    guard input != [-2] || shape.rank > 1 else {
      record(
        InitializerError(
          message: "Can't compute input and output sizes of a \(shape.rank)-dimensional weights "
            + "tensor with default in_axis. Must be at least 2D or specify in_axis explicitly.",
          shape: shape))
      return nil
    }
    for axis in input + output + batch where !(-shape.rank..<shape.rank).contains(axis) {
      record(
        TensorError(
          "varianceScaling", .axisOutOfRange(axis: axis, rank: shape.rank),
          [.init("kernel", ShapeDtype(shape))]))
      return nil
    }
    func size(_ axes: [Int]) -> Double { axes.reduce(1) { $0 * Double(shape[$1]) } }
    let window = Double(shape.elementCount) / size(input) / size(output) / size(batch)
    return (size(input) * window, size(output) * window)
  }
}

/// What the initializers that scale by the fans have in common.
struct VarianceScaling: Sendable {
  var scale: Double
  var mode: Initializer.FanMode
  var distribution: Initializer.Distribution
  var axes: FanAxes

  /// The standard deviation of the normal distribution cut at -2 and 2.
  private static let truncatedDeviation = 0.87962566103423978

  func initializer(_ name: String, _ arguments: String = "") -> Initializer {
    let all = [arguments, axes.description].filter { !$0.isEmpty }.joined(separator: ", ")
    return Initializer("\(name)(\(all))") { key, shape, dtype in sample(key, shape, dtype) }
  }

  private func sample(_ key: Key, _ shape: Shape, _ dtype: DType) -> Tensor {
    guard let fans = axes.fans(shape) else { return Tensor.zeros(shape, dtype: dtype) }
    // As in JAX the variance and what follows are rounded to the dtype step by step.
    let variance = dtype.rounded(scale / denominator(fans))
    let deviation = dtype.rounded(variance.squareRoot())
    switch distribution {
    case .truncatedNormal:
      let stddev = dtype.rounded(deviation / dtype.rounded(VarianceScaling.truncatedDeviation))
      return Random.truncatedNormal(key, -2, 2, shape, dtype, scale: stddev)
    case .normal:
      return Random.normal(key, shape, dtype, scale: deviation)
    case .uniform:
      let limit = dtype.rounded(dtype.rounded(3 * variance).squareRoot())
      return Random.uniform(key, shape, dtype: dtype, low: -1) * Tensor(limit, dtype: dtype)
    }
  }

  private func denominator(_ fans: (input: Double, output: Double)) -> Double {
    switch mode {
    case .fanIn: fans.input
    case .fanOut: fans.output
    case .fanAvg: (fans.input + fans.output) / 2
    case .fanGeoAvg: (fans.input * fans.output).squareRoot()
    }
  }
}
