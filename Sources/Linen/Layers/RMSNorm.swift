/// Divides each example by the root mean square of its features.
///
/// `y = x / sqrt(mean(x^2) + epsilon) * scale`: like ``LayerNorm`` without taking the mean away.
/// Parameter: `scale`, of the shape of the feature axes. "Root Mean Square Layer Normalization",
/// https://arxiv.org/abs/1910.07467 Mirrors `flax.linen.RMSNorm`.
public final class RMSNorm: Module, UnaryLayer, @unchecked Sendable {
  /// Added to the variance, so that there is no division by 0.
  public let epsilon: Double
  /// The dtype of the result; nil for that of the promoted operands.
  public let dtype: DType?
  /// The dtype of new parameters.
  public let paramDtype: DType
  /// Whether to multiply with a scale; not needed before a linear layer.
  public let useScale: Bool
  /// Makes the scale.
  public let scaleInit: Initializer
  /// The axes over which the mean square is taken.
  public let reductionAxes: Axes
  /// The axes along which there is a scale for each element.
  public let featureAxes: Axes
  /// The name of a mapped axis over which statistics are taken too; nil for none.
  public let axisName: String?
  /// Groups of members of the mapped axis that share statistics; nil for all together.
  public let axisIndexGroups: [[Int]]?
  /// Whether the variance is computed as E[x^2] - E[x]^2: faster, and less exact for a large mean.
  public let useFastVariance: Bool
  /// Whether statistics are computed in at least float32.
  public let forceFloat32Reductions: Bool

  /// Makes a layer that divides by the root mean square.
  public init(
    epsilon: Double = 1e-6, dtype: DType? = nil, paramDtype: DType = .float32,
    useScale: Bool = true, scaleInit: Initializer = .ones, reductionAxes: Axes = -1,
    featureAxes: Axes = -1, axisName: String? = nil, axisIndexGroups: [[Int]]? = nil,
    useFastVariance: Bool = true, forceFloat32Reductions: Bool = true,
    name: String? = nil
  ) {
    self.epsilon = epsilon
    self.dtype = dtype
    self.paramDtype = paramDtype
    self.useScale = useScale
    self.scaleInit = scaleInit
    self.reductionAxes = reductionAxes
    self.featureAxes = featureAxes
    self.axisName = axisName
    self.axisIndexGroups = axisIndexGroups
    self.useFastVariance = useFastVariance
    self.forceFloat32Reductions = forceFloat32Reductions
    super.init(name: name)
  }

  /// Normalizes.
  public func callAsFunction(_ inputs: Tensor) -> Tensor { callAsFunction(inputs, mask: nil) }

  /// Normalizes; `mask`, which broadcasts to the input, says what counts in the statistics.
  public func callAsFunction(_ inputs: Tensor, mask: Tensor?) -> Tensor {
    compact(inputs, mask) { inputs, mask in
      let reductionAxes = canonicalAxes(self.reductionAxes, inputs, "RMSNorm")
      let statistics = normalization.statistics(
        inputs, axes: reductionAxes, useMean: false, mask: mask)
      return normalization.normalize(
        inputs, statistics, reductionAxes: reductionAxes,
        featureAxes: canonicalAxes(featureAxes, inputs, "RMSNorm"), in: self)
    }
  }

  private var normalization: Normalization {
    Normalization(
      epsilon: epsilon, dtype: dtype, paramDtype: paramDtype, useBias: false, useScale: useScale,
      biasInit: .zeros, scaleInit: scaleInit, axisName: axisName,
      axisIndexGroups: axisIndexGroups, useFastVariance: useFastVariance,
      forceFloat32Reductions: forceFloat32Reductions)
  }

  package override class var holdsModules: Bool { false }
}

extension RMSNorm: Configurable {
  /// Makes a layer of a configuration.
  public convenience init(_ configuration: Configuration<RMSNorm>, name: String?) {
    let c = configuration
    self.init(
      epsilon: c.epsilon, dtype: c.dtype, paramDtype: c.paramDtype, useScale: c.useScale,
      scaleInit: c.scaleInit, reductionAxes: c.reductionAxes, featureAxes: c.featureAxes,
      axisName: c.axisName, axisIndexGroups: c.axisIndexGroups, useFastVariance: c.useFastVariance,
      forceFloat32Reductions: c.forceFloat32Reductions, name: name)
  }
}
