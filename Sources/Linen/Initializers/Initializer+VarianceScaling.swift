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
  /// lacks an axis. "Delving Deep into Rectifiers: Surpassing Human-Level Performance on ImageNet
  /// Classification", https://arxiv.org/abs/1502.01852
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
    guard !shape.dimensions.contains(0) else {
      record(
        InitializerError(
          message: "Can't compute input and output sizes of a weights tensor without elements.",
          shape: shape))
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

  /// The standard deviation of the complex normal distribution cut at 2.
  private static let complexTruncatedDeviation = 0.95311164380491208

  /// The probability that a complex normal number is within 2: 1 - exp(-4).
  private static let chanceWithinTwo = 0.98168436111126578

  func initializer(_ name: String, _ arguments: String = "") -> Initializer {
    let all = [arguments, axes.description].filter { !$0.isEmpty }.joined(separator: ", ")
    return Initializer("\(name)(\(all))") { key, shape, dtype in sample(key, shape, dtype) }
  }

  private func sample(_ key: Key, _ shape: Shape, _ dtype: DType) -> Tensor {
    guard let fans = axes.fans(shape) else { return Tensor.zeros(shape, dtype: dtype) }
    // As in JAX the variance and what follows are rounded to the dtype step by step.
    let real = dtype.realDType
    let variance = real.rounded(scale / denominator(fans))
    let deviation = real.rounded(variance.squareRoot())
    if dtype.isComplex, distribution != .normal {
      return complexSample(key, shape, dtype, deviation)
    }
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

  /// Uniform numbers in the circle in which their variance is 1, or normal ones within two
  /// deviations, times the deviation.
  private func complexSample(
    _ key: Key, _ shape: Shape, _ dtype: DType, _ deviation: Double
  ) -> Tensor {
    let keys = key.split()
    let chance = Random.uniform(keys[0], shape, dtype: dtype.realDType)
    let angle = Random.uniform(keys[1], shape, dtype: dtype.realDType) * (2 * Double.pi)
    let radius =
      distribution == .uniform
      ? sqrt(2 * chance) * deviation
      : sqrt(-log(1 - chance * VarianceScaling.chanceWithinTwo))
        * (deviation / VarianceScaling.complexTruncatedDeviation)
    return complex(radius * cos(angle), radius * sin(angle))
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
