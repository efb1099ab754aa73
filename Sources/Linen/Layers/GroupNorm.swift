/// Normalizes each example by the mean and variance of groups of its channels.
///
///     let y = GroupNorm(8)(x)                              // 8 groups
///     let z = GroupNorm(nil, groupSize: 4)(x)   // groups of 4 channels
///
/// `y = (x - mean) / sqrt(var + epsilon) * scale + bias`, where `[batch, ..., channels]` counts as
/// `[batch, ..., groups, size]` and statistics are taken over `...` and `size`, unless
/// `reductionAxes` says otherwise. Parameters: `scale` and `bias` `[channels]`. The default of 32
/// groups must divide the channels. "Group Normalization", https://arxiv.org/abs/1803.08494 Mirrors
/// `flax.linen.GroupNorm`.
public final class GroupNorm: Module, UnaryLayer, @unchecked Sendable {
  /// The number of groups; nil if their size is given.
  public let numGroups: Int?
  /// The number of channels in a group; nil if the number of groups is given.
  public let groupSize: Int?
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
  /// The axes over which statistics are taken, the last one among them; nil for all but the first.
  public let reductionAxes: Axes?
  /// The name of a mapped axis over which statistics are taken too; nil for none.
  public let axisName: String?
  /// Groups of members of the mapped axis that share statistics; nil for all together.
  public let axisIndexGroups: [[Int]]?
  /// Whether the variance is computed as E[x^2] - E[x]^2: faster, and less exact for a large mean.
  public let useFastVariance: Bool
  /// Whether statistics are computed in at least float32.
  public let forceFloat32Reductions: Bool

  /// Makes a layer that normalizes over groups of channels.
  public init(
    _ numGroups: Int? = 32, groupSize: Int? = nil, epsilon: Double = 1e-6, dtype: DType? = nil,
    paramDtype: DType = .float32, useBias: Bool = true, useScale: Bool = true,
    biasInit: Initializer = .zeros, scaleInit: Initializer = .ones, reductionAxes: Axes? = nil,
    axisName: String? = nil, axisIndexGroups: [[Int]]? = nil,
    useFastVariance: Bool = true, forceFloat32Reductions: Bool = true, name: String? = nil
  ) {
    self.numGroups = numGroups
    self.groupSize = groupSize
    self.epsilon = epsilon
    self.dtype = dtype
    self.paramDtype = paramDtype
    self.useBias = useBias
    self.useScale = useScale
    self.biasInit = biasInit
    self.scaleInit = scaleInit
    self.reductionAxes = reductionAxes
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
  /// Records an error if the groups don't divide the channels, or not exactly one of their number
  /// and size was given.
  public func callAsFunction(_ inputs: Tensor, mask: Tensor?) -> Tensor {
    compact(inputs, mask) { inputs, mask in
      let axes = canonicalAxes(
        reductionAxes ?? Axes(Array(1..<Swift.max(inputs.rank - 1, 1)) + [-1]), inputs, "GroupNorm")
      guard axes.last == inputs.rank - 1 else {
        record(
          LinenError(
            .other(
              "The reduction axes must include the final dimension as this is assumed to be the "
                + "feature axis.")))
        return inputs
      }
      guard let groups = groupCount(inputs.shape[-1]) else { return inputs }
      let size = inputs.shape[-1] / groups
      func grouped(_ x: Tensor) -> Tensor {
        x.reshaped(to: Shape(x.shape.dimensions.dropLast() + [groups, size]))
      }
      let others = Array(axes.dropLast())
      let statistics = normalization.statistics(
        grouped(inputs), axes: others + [inputs.rank], mask: mask.map(grouped))
      let repeated = (
        mean: statistics.mean.map { `repeat`($0, size, axis: -1) },
        variance: `repeat`(statistics.variance, size, axis: -1)
      )
      return normalization.normalize(
        inputs, repeated, reductionAxes: others, featureAxes: [inputs.rank - 1], in: self)
    }
  }

  /// The number of groups of so many channels; nil after recording that there is none.
  private func groupCount(_ channels: Int) -> Int? {
    func refuse(_ text: String) -> Int? {
      record(LinenError(.other(text)))
      return nil
    }
    switch (numGroups, groupSize) {
    case (let count?, nil):
      if count > 0, channels % count == 0 { return count }
      return refuse(
        "Number of groups (\(count)) does not divide the number of channels (\(channels)).")
    case (nil, let size?):
      if size > 0, channels % size == 0 { return channels / size }
      return refuse(
        "Number of channels (\(channels)) is not multiple of the group size (\(size)).")
    default:
      return refuse(
        "Either `num_groups` or `group_size` should be specified. If `group_size` is to be "
          + "specified, pass `num_groups=None` as argument to override the default `num_groups` "
          + "value of 32.")
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

extension GroupNorm: Configurable {
  /// Makes a layer of a configuration.
  public convenience init(_ configuration: Configuration<GroupNorm>, name: String?) {
    let c = configuration
    self.init(
      c.numGroups, groupSize: c.groupSize, epsilon: c.epsilon, dtype: c.dtype,
      paramDtype: c.paramDtype, useBias: c.useBias, useScale: c.useScale, biasInit: c.biasInit,
      scaleInit: c.scaleInit, reductionAxes: c.reductionAxes, axisName: c.axisName,
      axisIndexGroups: c.axisIndexGroups, useFastVariance: c.useFastVariance,
      forceFloat32Reductions: c.forceFloat32Reductions, name: name)
  }
}
