/// Runs a layer with its weights divided by their largest singular value.
///
///     let y = SpectralNorm(Dense(4))(x, updateStats: train)
///
/// `w = W / sigma` with `sigma = v W u'`, where in turns `v = u W' / |u W'|` and `u = v W / |v W|`,
/// `nSteps` times, from the vector of the last call. With `updateStats`, and `batch_stats` mutable,
/// vector `[1, features]` and value are kept as `Dense_0/kernel/u` and `Dense_0/kernel/sigma`.
/// Weights of one axis stay as they are, those of more than two are flattened to `[-1, features]`.
/// The vectors count as constants in the gradient. With one step and no updates the value is far
/// from the largest one. "Spectral Normalization for Generative Adversarial Networks",
/// https://arxiv.org/abs/1802.05957 Mirrors `flax.linen.SpectralNorm`.
public final class SpectralNorm<Layer: Module>: Module, @unchecked Sendable {
  /// The layer whose weights are normalized.
  public let layerInstance: Layer
  /// The number of steps of power iteration in a call.
  public let nSteps: Int
  /// Added to squared lengths, so that there is no division by 0.
  public let epsilon: Double
  /// The dtype of the weights; nil for that of the promoted operands.
  public let dtype: DType?
  /// The dtype of new vectors.
  public let paramDtype: DType
  /// Whether a weight of more than two axes is an error.
  public let errorOnNonMatrix: Bool
  /// The collection in which vectors and values are kept.
  public let collectionName: String

  /// Wraps a layer.
  public init(
    _ layerInstance: Layer, nSteps: Int = 1, epsilon: Double = 1e-12, dtype: DType? = nil,
    paramDtype: DType = .float32, errorOnNonMatrix: Bool = false,
    collectionName: String = "batch_stats", name: String? = nil
  ) {
    self.layerInstance = layerInstance
    self.nSteps = nSteps
    self.epsilon = epsilon
    self.dtype = dtype
    self.paramDtype = paramDtype
    self.errorOnNonMatrix = errorOnNonMatrix
    self.collectionName = collectionName
    super.init(name: name)
  }

  /// Runs a method of the layer with its weights normalized.
  ///
  /// Records an error if `updateStats` is true and the collection not mutable.
  public func callAsFunction<R>(updateStats: Bool, _ body: (Layer) -> R) -> R {
    compact(function: "callAsFunction(_:)") { run(updateStats, body) }
  }

  private func run<R>(_ updateStats: Bool, _ body: (Layer) -> R) -> R {
    // Without steps nothing is kept, and the collection may still be asked for.
    _ = isMutableCollection(collectionName)
    // Finds the layer's place, and so its name.
    _ = layerInstance.bound("normalize")
    return withMappedVariables(
      of: layerInstance, initialize: isInitializing, isMutable: true
    ) { path, weight in
      normalize(path, weight, updateStats: updateStats)
    } _: {
      body(layerInstance)
    }
  }

  private func normalize(_ path: [String], _ weight: Tensor, updateStats: Bool) -> Tensor {
    guard weight.rank > 1, nSteps > 0 else { return weight }
    if weight.rank > 2, errorOnNonMatrix {
      record(LinenError(.other("Input is \(weight.rank)D but error_on_non_matrix is True")))
    }
    let features = weight.shape[-1]
    let matrix = weight.reshaped(to: [weight.elementCount / Swift.max(features, 1), features])
    let name = ([layerInstance.name ?? ""] + path).joined(separator: "/")
    let u = variable(collectionName, "\(name)/u") {
      Random.normal(makeRNG("params"), [1, features], dtype: paramDtype)
    }
    let sigma = variable(collectionName, "\(name)/sigma") { Tensor.ones([], dtype: paramDtype) }
    var (right, left) = (u.value, matrix)
    for _ in 0..<nSteps {
      left = l2Normalized(matmul(right, matrix.transposed()), epsilon: epsilon)
      right = l2Normalized(matmul(left, matrix), epsilon: epsilon)
    }
    right = stopGradient(right)
    left = stopGradient(left)
    let value = matmul(matmul(left, matrix), right.transposed()).reshaped(to: [])
    let result = (matrix / which(value .!= 0, value, 1)).reshaped(to: weight.shape)
    if updateStats {
      u.value = right
      sigma.value = value
    }
    return result.cast(to: canonicalizeDType([weight, right, left, value], dtype: dtype))
  }

  public override class var submoduleNames: [String: String] {
    ["layerInstance": "layer_instance"]
  }
}

extension SpectralNorm: Configurable {
  /// Makes a layer of a configuration.
  public convenience init(_ configuration: Configuration<SpectralNorm>, name: String?) {
    let c = configuration
    self.init(
      c.layerInstance, nSteps: c.nSteps, epsilon: c.epsilon, dtype: c.dtype,
      paramDtype: c.paramDtype, errorOnNonMatrix: c.errorOnNonMatrix,
      collectionName: c.collectionName, name: name)
  }
}

extension SpectralNorm where Layer: UnaryLayer {
  /// Applies the layer with its weights normalized.
  public func callAsFunction(_ inputs: Tensor, updateStats: Bool) -> Tensor {
    compact(inputs, updateStats) { inputs, updateStats in run(updateStats) { $0(inputs) } }
  }
}
