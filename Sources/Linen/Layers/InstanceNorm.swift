/// Normalizes each channel of each example by its mean and variance over all other axes.
///
///     let y = InstanceNorm()(x)   // [batch, ..., channels]
///
/// `y = (x - mean) / sqrt(var + epsilon) * scale + bias`, with statistics over `...`. Parameters:
/// `scale` and `bias`, of the shape of the feature axes; PyTorch's has none by default. "Instance
/// Normalization: The Missing Ingredient for Fast Stylization", https://arxiv.org/abs/1607.08022
/// Mirrors `flax.linen.InstanceNorm`.
public final class InstanceNorm: Module, UnaryLayer, @unchecked Sendable {
  /// Added to the variance, so that there is no division by 0.
  public let epsilon: Double
  /// The dtype of the result; nil for that of the promoted operands.
  public let dtype: DType?
  /// The dtype of new parameters.
  public let paramDtype: DType
  /// Whether to add a bias.
  public let useBias: Bool
  /// Whether to multiply with a scale; not needed before a linear layer.
  public let useScale: Bool
  /// Makes the bias.
  public let biasInit: Initializer
  /// Makes the scale.
  public let scaleInit: Initializer
  /// The axes along which there is a scale and bias for each element.
  public let featureAxes: Axes
  /// The name of a mapped axis over which statistics are taken too; nil for none.
  public let axisName: String?
  /// Groups of members of the mapped axis that share statistics; nil for all together.
  public let axisIndexGroups: [[Int]]?
  /// Whether the variance is computed as E[x^2] - E[x]^2: faster, and less exact for a large mean.
  public let useFastVariance: Bool
  /// Whether statistics are computed in at least float32.
  public let forceFloat32Reductions: Bool

  /// Makes a layer that normalizes each channel.
  public init(
    epsilon: Double = 1e-6, dtype: DType? = nil, paramDtype: DType = .float32, useBias: Bool = true,
    useScale: Bool = true, biasInit: Initializer = .zeros, scaleInit: Initializer = .ones,
    featureAxes: Axes = -1, axisName: String? = nil, axisIndexGroups: [[Int]]? = nil,
    useFastVariance: Bool = true, forceFloat32Reductions: Bool = true,
    name: String? = nil
  ) {
    self.epsilon = epsilon
    self.dtype = dtype
    self.paramDtype = paramDtype
    self.useBias = useBias
    self.useScale = useScale
    self.biasInit = biasInit
    self.scaleInit = scaleInit
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
  ///
  /// Records an error if the first axis, that of the batch, is among the feature axes.
  public func callAsFunction(_ inputs: Tensor, mask: Tensor?) -> Tensor {
    compact(inputs, mask) { inputs, mask in
      let featureAxes = canonicalAxes(self.featureAxes, inputs, "InstanceNorm")
      if featureAxes.contains(0) {
        record(
          LinenError(
            .other(
              "The channel axes cannot include the leading dimension as this is assumed to be the "
                + "batch axis.")))
      }
      let reductionAxes = inputs.shape.indices.dropFirst().filter { !featureAxes.contains($0) }
      let statistics = normalization.statistics(inputs, axes: reductionAxes, mask: mask)
      return normalization.normalize(
        inputs, statistics, reductionAxes: reductionAxes, featureAxes: featureAxes, in: self)
    }
  }

  private var normalization: Normalization {
    Normalization(
      epsilon: epsilon, dtype: dtype, paramDtype: paramDtype, useBias: useBias, useScale: useScale,
      biasInit: biasInit, scaleInit: scaleInit, axisName: axisName,
      axisIndexGroups: axisIndexGroups, useFastVariance: useFastVariance,
      forceFloat32Reductions: forceFloat32Reductions)
  }

  package override class var holdsModules: Bool { false }
}

extension InstanceNorm: Configurable {
  /// Makes a layer of a configuration.
  public convenience init(_ configuration: Configuration<InstanceNorm>, name: String?) {
    let c = configuration
    self.init(
      epsilon: c.epsilon, dtype: c.dtype, paramDtype: c.paramDtype, useBias: c.useBias,
      useScale: c.useScale, biasInit: c.biasInit, scaleInit: c.scaleInit,
      featureAxes: c.featureAxes, axisName: c.axisName, axisIndexGroups: c.axisIndexGroups,
      useFastVariance: c.useFastVariance, forceFloat32Reductions: c.forceFloat32Reductions,
      name: name)
  }
}
