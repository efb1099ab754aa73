import Linen
import Optimizers

/// What a step of training gives: the next state, and figures to show.
public struct TrainStep: TensorTree, Sendable {
  /// The next state.
  public var state: TrainState
  /// The figures by name; `loss` is among them.
  public var metrics: [String: Tensor]

  /// Presents the state and the figures.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit(.field("state"), &state)
    visitor.visit(.field("metrics"), &metrics)
  }
}

/// What a loss function gives.
public struct Loss: Sendable {
  /// The scalar to make small.
  public var value: Tensor
  /// Collections that applying the model has changed.
  public var collections: Variables
  /// Figures to show, by name.
  public var metrics: [String: Tensor]

  /// Creates a result.
  public init(
    _ value: Tensor, collections: Variables = Variables(), metrics: [String: Tensor] = [:]
  ) {
    self.value = value
    self.collections = collections
    self.metrics = metrics
  }
}

extension TrainState {
  /// Takes one step along the gradient of a loss.
  ///
  /// `loss` is given the variables with the parameters that are differentiated. The optimizer is
  /// given the loss as the value "value". With a dynamic scale, a step whose gradients are not finite
  /// leaves parameters and optimizer state as they are, and the figures have `scale` and
  /// `is_finite` besides.
  /// - Throws: the first error recorded in `loss`, or what it throws.
  public func minimizing(_ loss: (Variables) throws -> Loss) throws -> TrainStep {
    func differentiated(_ params: Variables) throws -> (Tensor, LossAux) {
      let result = try loss(variables(with: params))
      return (result.value, LossAux(collections: result.collections, metrics: result.metrics))
    }
    guard let dynamicScale else {
      let (value, aux, gradients) = try valueAndGrad(params, differentiated)
      return try withErrors { step(value, aux, gradients) }
    }
    let result = try dynamicScale.valueAndGrad(params, differentiated)
    return try withErrors {
      var step = step(result.value, result.aux, result.gradients)
      step.state.params = treeMap(params, step.state.params) { which(result.isFinite, $1, $0) }
      step.state.optState = treeMap(optState, step.state.optState) {
        which(result.isFinite, $1, $0)
      }
      step.state.dynamicScale = result.dynamicScale
      step.metrics["scale"] = result.dynamicScale.scale
      step.metrics["is_finite"] = result.isFinite.cast(to: .float32)
      return step
    }
  }

  private func step(_ value: Tensor, _ aux: LossAux, _ gradients: Variables) -> TrainStep {
    TrainStep(
      state: applyGradients(gradients, collections: aux.collections, values: ["value": value]),
      metrics: aux.metrics.merging(["loss": value]) { $1 })
  }
}

/// What a loss function gives besides the loss, as a tree.
private struct LossAux: TensorTree {
  var collections: Variables
  var metrics: [String: Tensor]

  mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit(.field("collections"), &collections)
    visitor.visit(.field("metrics"), &metrics)
  }
}
