/// Normalizes features by their mean and variance over the batch.
///
///     let y = BatchNorm(useRunningAverage: !train)(x)
///     let (out, updates) = try model.apply(variables, mutable: ["batch_stats"]) {
///       $0(x, train: true)
///     }
///
/// `y = (x - mean) / sqrt(var + epsilon) * scale + bias`. In training, statistics are those of the
/// batch, over all axes but the features, and running averages of them are kept in the collection
/// `batch_stats`, `mean` and `var` `[features]`; afterwards these are used. Parameters: `scale` and
/// `bias` `[features]`. During initialization the averages stay 0 and 1. The variance is that of the
/// batch itself, divided by its size.
///
/// An average becomes `momentum * old + (1 - momentum) * new`: 0.99 is what PyTorch calls 0.01.
/// Forget to merge the updates into the variables, and testing is done with averages of 0 and 1.
/// "Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift",
/// https://arxiv.org/abs/1502.03167 Mirrors `flax.linen.BatchNorm`.
public final class BatchNorm: Module, UnaryLayer, @unchecked Sendable {
  /// Whether to use the running averages; given here or with the call.
  public let useRunningAverage: Bool?
  /// The axes of features; statistics are taken over all others.
  public let axis: Axes
  /// How much of a running average each update keeps.
  public let momentum: Double
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
  /// The name of a mapped axis over which statistics are taken too; nil for none.
  ///
  /// During initialization the axis need not be there.
  public let axisName: String?
  /// Groups of members of the mapped axis that share statistics; nil for all together.
  public let axisIndexGroups: [[Int]]?
  /// Whether the variance is computed as E[x^2] - E[x]^2: faster, and less exact for a large mean.
  public let useFastVariance: Bool
  /// Whether statistics are computed in at least float32.
  public let forceFloat32Reductions: Bool

  /// Makes a layer that normalizes over the batch.
  public init(
    useRunningAverage: Bool? = nil, axis: Axes = -1, momentum: Double = 0.99,
    epsilon: Double = 1e-5, dtype: DType? = nil, paramDtype: DType = .float32, useBias: Bool = true,
    useScale: Bool = true, biasInit: Initializer = .zeros, scaleInit: Initializer = .ones,
    axisName: String? = nil, axisIndexGroups: [[Int]]? = nil, useFastVariance: Bool = true,
    forceFloat32Reductions: Bool = true, name: String? = nil
  ) {
    self.useRunningAverage = useRunningAverage
    self.axis = axis
    self.momentum = momentum
    self.epsilon = epsilon
    self.dtype = dtype
    self.paramDtype = paramDtype
    self.useBias = useBias
    self.useScale = useScale
    self.axisName = axisName
    self.axisIndexGroups = axisIndexGroups
    self.biasInit = biasInit
    self.scaleInit = scaleInit
    self.useFastVariance = useFastVariance
    self.forceFloat32Reductions = forceFloat32Reductions
    super.init(name: name)
  }

  /// Normalizes, with `useRunningAverage` as it was given when the layer was made.
  public func callAsFunction(_ inputs: Tensor) -> Tensor {
    callAsFunction(inputs, useRunningAverage: nil)
  }

  /// Normalizes; `mask`, which broadcasts to the input, says what counts in the statistics.
  ///
  /// Records an error if `useRunningAverage` is given neither here nor when the layer was made, or in
  /// both places, and if `batch_stats` is not mutable in training.
  public func callAsFunction(
    _ inputs: Tensor, useRunningAverage: Bool?, mask: Tensor? = nil
  ) -> Tensor {
    compact(inputs, useRunningAverage, mask) { inputs, useRunningAverage, mask in
      let usesAverage = mergeParam(
        "use_running_average", self.useRunningAverage, useRunningAverage)
      let featureAxes = canonicalAxes(axis, inputs, "BatchNorm")
      let reductionAxes = inputs.shape.indices.filter { !featureAxes.contains($0) }
      let shape = Shape(featureAxes.map { inputs.shape.dimensions[$0] })
      let dtype = forceFloat32Reductions ? .float32 : paramDtype
      let mean = variable("batch_stats", "mean") { Tensor.zeros(shape, dtype: dtype) }
      let variance = variable("batch_stats", "var") { Tensor.ones(shape, dtype: dtype) }
      let statistics: (mean: Tensor?, variance: Tensor)
      if usesAverage {
        // Averages of complex numbers stay complex in float32 reductions.
        statistics =
          forceFloat32Reductions
          ? (mean.value, variance.value)
          : (mean.value.cast(to: dtype), variance.value.cast(to: dtype))
      } else {
        statistics = normalization.statistics(inputs, axes: reductionAxes, mask: mask)
        if !isInitializing {
          update(mean, statistics.mean ?? mean.value)
          update(variance, statistics.variance)
        }
      }
      return normalization.normalize(
        inputs, statistics, reductionAxes: reductionAxes, featureAxes: featureAxes, in: self)
    }
  }

  private func update(_ average: Variable<Tensor>, _ value: Tensor) {
    average.value = momentum * average.value + (1 - momentum) * value
  }

  private var normalization: Normalization {
    Normalization(
      epsilon: epsilon, dtype: dtype, paramDtype: paramDtype, useBias: useBias, useScale: useScale,
      biasInit: biasInit, scaleInit: scaleInit,
      axisName: isInitializing ? nil : axisName, axisIndexGroups: axisIndexGroups,
      useFastVariance: useFastVariance, forceFloat32Reductions: forceFloat32Reductions)
  }

  package override class var holdsModules: Bool { false }
}

extension BatchNorm: Configurable {
  /// Makes a layer of a configuration.
  public convenience init(_ configuration: Configuration<BatchNorm>, name: String?) {
    let c = configuration
    self.init(
      useRunningAverage: c.useRunningAverage, axis: c.axis, momentum: c.momentum,
      epsilon: c.epsilon, dtype: c.dtype, paramDtype: c.paramDtype, useBias: c.useBias,
      useScale: c.useScale, biasInit: c.biasInit, scaleInit: c.scaleInit, axisName: c.axisName,
      axisIndexGroups: c.axisIndexGroups, useFastVariance: c.useFastVariance,
      forceFloat32Reductions: c.forceFloat32Reductions, name: name)
  }
}
