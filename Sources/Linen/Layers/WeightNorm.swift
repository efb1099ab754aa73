/// Runs a layer with its weights normalized to length 1 along each feature, times a learned scale.
///
///     let y = WeightNorm(Dense(4))(x)
///
/// `w = scale * v / sqrt(sum(v^2) + epsilon)`, with the sum over all axes but `featureAxes`.
/// Weights whose path contains one of `variableFilter` are normalized. Parameters: those of the
/// layer, under its own name, which are normalized when they are made; and in this module's place a
/// scale for each, whose name holds the path: `Dense_0/kernel/scale` `[features]`. Scales begin at
/// 1, not at the length of the first weights as in PyTorch. "Weight Normalization: A Simple
/// Reparameterization to Accelerate Training of Deep Neural Networks",
/// https://arxiv.org/abs/1602.07868 Mirrors `flax.linen.WeightNorm`.
public final class WeightNorm<Layer: Module>: Module, @unchecked Sendable {
  /// The layer whose weights are normalized.
  public let layerInstance: Layer
  /// Added to the squared length, so that there is no division by 0.
  public let epsilon: Double
  /// The dtype of the weights; nil for that of the promoted operands.
  public let dtype: DType?
  /// The dtype of new scales.
  public let paramDtype: DType
  /// Whether to multiply with a scale.
  public let useScale: Bool
  /// Makes the scales.
  public let scaleInit: Initializer
  /// The axes along which each element is normalized by itself; nil to normalize a weight as a whole.
  public let featureAxes: Axes?
  /// Parts of the paths of the weights to normalize; nil for all.
  public let variableFilter: Set<String>?

  /// Wraps a layer.
  public init(
    _ layerInstance: Layer, epsilon: Double = 1e-12, dtype: DType? = nil,
    paramDtype: DType = .float32, useScale: Bool = true, scaleInit: Initializer = .ones,
    featureAxes: Axes? = -1, variableFilter: Set<String>? = ["kernel"], name: String? = nil
  ) {
    self.layerInstance = layerInstance
    self.epsilon = epsilon
    self.dtype = dtype
    self.paramDtype = paramDtype
    self.useScale = useScale
    self.scaleInit = scaleInit
    self.featureAxes = featureAxes
    self.variableFilter = variableFilter
    super.init(name: name)
  }

  /// Runs a method of the layer with its weights normalized.
  public func callAsFunction<R>(_ body: (Layer) -> R) -> R {
    compact(function: "callAsFunction(_:)") { run(body) }
  }

  private func run<R>(_ body: (Layer) -> R) -> R {
    // Finds the layer's place, and so its name.
    _ = layerInstance.bound("normalize")
    return withMappedVariables(
      of: layerInstance, initialize: isInitializing, isMutable: false, normalize
    ) { body(layerInstance) }
  }

  private func normalize(_ path: [String], _ weight: Tensor) -> Tensor {
    let name = ([layerInstance.name ?? ""] + path).joined(separator: "/")
    if let variableFilter, !variableFilter.isEmpty, !variableFilter.contains(where: name.contains) {
      return weight
    }
    let features = featureAxes.map { canonicalAxes($0, weight, "WeightNorm") } ?? []
    let others = weight.shape.indices.filter { !features.contains($0) }
    var result = l2Normalized(weight, axes: others, epsilon: epsilon)
    var operands: [Tensor?] = [weight]
    if useScale {
      let shape = Shape(features.map { weight.shape.dimensions[$0] })
      let broadcast = weight.shape.indices.map { features.contains($0) ? weight.shape[$0] : 1 }
      let scale = param("\(name)/scale", scaleInit, shape, dtype: paramDtype)
        .reshaped(to: Shape(broadcast))
      result = result * scale
      operands.append(scale)
    }
    return result.cast(to: canonicalizeDType(operands, dtype: dtype))
  }

  public override class var submoduleNames: [String: String] {
    ["layerInstance": "layer_instance"]
  }
}

extension WeightNorm: Configurable {
  /// Makes a layer of a configuration.
  public convenience init(_ configuration: Configuration<WeightNorm>, name: String?) {
    let c = configuration
    self.init(
      c.layerInstance, epsilon: c.epsilon, dtype: c.dtype, paramDtype: c.paramDtype,
      useScale: c.useScale, scaleInit: c.scaleInit, featureAxes: c.featureAxes,
      variableFilter: c.variableFilter, name: name)
  }
}

extension WeightNorm: UnaryLayer where Layer: UnaryLayer {
  /// Applies the layer with its weights normalized.
  public func callAsFunction(_ inputs: Tensor) -> Tensor {
    compact(inputs) { inputs in run { $0(inputs) } }
  }
}
