import Autodiff
import Tensor

/// A factor for losses that keeps half precision gradients from vanishing, and adapts itself.
///
/// The loss is multiplied by it and gradients are divided by it. It grows after a period of finite
/// gradients and shrinks whenever one is infinite or NaN; such gradients are not to be used:
///
///     var scale = DynamicScale()
///     let result = try scale.valueAndGrad(params) { params in loss(params) }
///     scale = result.dynamicScale
///     params = treeMap(params, updated) { which(result.isFinite, $1, $0) }
///
/// Mirrors `flax.training.dynamic_scale.DynamicScale`. A ``TrainState`` that has one does all this.
public struct DynamicScale: TensorTree, Sendable {
  /// What the scale grows by.
  public var growthFactor: Double
  /// What the scale shrinks by.
  public var backoffFactor: Double
  /// The number of finite steps after which it grows.
  public var growthInterval: Int
  /// What it does not go below, if anything.
  public var minimumScale: Double?
  /// The number of finite steps in a row, an int32 scalar.
  public var finSteps: Tensor
  /// What losses are multiplied by, a float32 scalar.
  public var scale: Tensor

  /// Begins with a scale.
  public init(
    growthFactor: Double = 2, backoffFactor: Double = 0.5, growthInterval: Int = 2000,
    finSteps: Int = 0, scale: Double = 65536,
    minimumScale: Double? = Double(Float.leastNormalMagnitude)
  ) {
    self.growthFactor = growthFactor
    self.backoffFactor = backoffFactor
    self.growthInterval = growthInterval
    self.minimumScale = minimumScale
    self.finSteps = Tensor(finSteps, dtype: .int32)
    self.scale = Tensor(scale, dtype: .float32)
  }

  /// Presents the count and the scale, and what decides how they change.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit(fixed: growthFactor)
    visitor.visit(fixed: backoffFactor)
    visitor.visit(fixed: growthInterval)
    visitor.visit(fixed: minimumScale)
    visitor.visit(.field("fin_steps"), &finSteps)
    visitor.visit(.field("scale"), &scale)
  }
}

/// What a differentiation with a ``DynamicScale`` gives.
public struct DynamicScaleResult<Params: TensorTree, Aux: TensorTree>: TensorTree {
  /// The scale for the next step.
  public var dynamicScale: DynamicScale
  /// Whether all gradients are finite, a bool scalar.
  public var isFinite: Tensor
  /// The loss, not scaled.
  public var value: Tensor
  /// What the loss function gives besides.
  public var aux: Aux
  /// The gradients in float32, not scaled.
  public var gradients: Params

  /// Presents the parts in order.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit(.field("dynamic_scale"), &dynamicScale)
    visitor.visit(.field("finite"), &isFinite)
    visitor.visit(.field("value"), &value)
    visitor.visit(.field("aux"), &aux)
    visitor.visit(.field("grad"), &gradients)
  }
}

extension DynamicScale {
  /// Computes a loss and its gradients by way of the scaled loss, and the next scale.
  ///
  /// With `axisName` gradients are averaged over that axis of a `vmap`.
  /// - Throws: what `loss` throws or records.
  public func valueAndGrad<Params: TensorTree>(
    _ params: Params, axisName: String? = nil, _ loss: (Params) throws -> Tensor
  ) throws -> DynamicScaleResult<Params, EmptyTree> {
    try valueAndGrad(params, axisName: axisName) { (try loss($0), EmptyTree()) }
  }

  /// Computes a loss, what its function gives besides, and its gradients by way of the scaled loss.
  public func valueAndGrad<Params: TensorTree, Aux: TensorTree>(
    _ params: Params, axisName: String? = nil, _ loss: (Params) throws -> (Tensor, Aux)
  ) throws -> DynamicScaleResult<Params, Aux> {
    let (scaled, aux, scaledGradients) = try Autodiff::valueAndGrad(params) { params in
      let (value, aux) = try loss(params)
      return (scale * value, aux)
    }
    return try withErrors {
      var gradients = treeMap(scaledGradients) { $0.cast(to: .float32) / scale }
      if let axisName { gradients = treeMap(gradients) { pmean($0, axisName: axisName) } }
      let isFinite = treeLeaves(gradients).reduce(Tensor(true)) {
        logicalAnd($0, all(Tensor::isFinite($1)))
      }
      return DynamicScaleResult(
        dynamicScale: next(isFinite), isFinite: isFinite, value: scaled / scale, aux: aux,
        gradients: gradients)
    }
  }

  /// The scale after a step whose gradients were finite or not.
  private func next(_ isFinite: Tensor) -> DynamicScale {
    let isDue = finSteps .== Tensor(growthInterval, dtype: .int32)
    let grown = minimum(scale * growthFactor, Tensor(Float.greatestFiniteMagnitude))
    let shrunk = scale * backoffFactor
    var next = self
    next.scale = which(
      isFinite, which(isDue, grown, scale),
      minimumScale.map { maximum(shrunk, Tensor($0)) } ?? shrunk)
    next.finSteps = which(logicalOr(isDue, logicalNot(isFinite)), 0, finSteps + 1)
    return next
  }
}
