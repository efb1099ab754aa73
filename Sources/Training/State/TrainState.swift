import Linen
import Optimizers

/// All that training changes: the count of steps, parameters, optimizer state, other collections.
///
/// A value: a step gives the next state. A tree, so that a whole step can be compiled:
///
///     var state = TrainState.create(variables, optimizer: adam(0.001))
///     let step = jit { (state: TrainState, x: Tensor, labels: Tensor) in
///       try state.minimizing { variables in
///         let (logits, updates) = try model.apply(variables, mutable: .deny("params")) { $0(x) }
///         return Loss(
///           mean(softmaxCrossEntropyWithIntegerLabels(logits, labels)), collections: updates,
///           metrics: ["accuracy": accuracy(logits, labels)])
///       }
///     }
///     let result = try step(state, x, labels)
///     state = result.state
///
/// Mirrors `flax.training.train_state.TrainState`. Differs from Flax: it holds the other collections
/// too, so that a model with batch statistics is trained by the same loop; the model's function is
/// not part of it.
public struct TrainState: TensorTree, Sendable {
  /// The number of steps taken, an int32 scalar.
  public var step: Tensor
  /// The collection that the optimizer changes.
  public var params: Variables
  /// What the optimizer remembers.
  public var optState: OptimizerState
  /// The other collections by name, such as `batch_stats`.
  public var collections: Variables
  /// The optimizer.
  public let optimizer: GradientTransformation

  /// Creates the state before the first step from a model's initial variables.
  public static func create(
    _ variables: Variables, optimizer: GradientTransformation
  ) -> TrainState {
    var collections = variables
    let params = collections.removeValue(forKey: "params") ?? Variables()
    return TrainState(
      step: Tensor(0, dtype: .int32), params: params, optState: optimizer.initialize(params),
      collections: collections, optimizer: optimizer)
  }

  /// The variables to apply the model with.
  public var variables: Variables { variables(with: params) }

  /// The variables with other parameters, such as those that are differentiated.
  public func variables(with params: Variables) -> Variables {
    var variables = collections
    variables["params"] = params
    return variables
  }

  /// The state after one update by gradients of the parameters.
  ///
  /// `collections` replace those of the same name. `values` are what the optimizer needs besides.
  public func applyGradients(
    _ gradients: Variables, collections: Variables = Variables(), values: [String: Tensor] = [:]
  ) -> TrainState {
    let (updates, optState) = optimizer.update(
      gradients, self.optState, params: params, values: values)
    var next = self
    next.step = step + 1
    next.params = applyUpdates(params, updates)
    next.optState = optState
    next.collections = self.collections.merging(collections)
    return next
  }

  /// Presents the fields under the names that Flax saves them by; each collection is a field.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit(.field("step"), &step)
    visitor.visit(.field("params"), &params)
    visitor.visit(.field("opt_state"), &optState)
    for name in collections.keys.sorted() {
      var collection: Variables = collections[name]
      visitor.visit(.field(name), &collection)
      collections[name] = collection
    }
  }
}

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
  /// given the loss as the value "value".
  /// - Throws: the first error recorded in `loss`, or what it throws.
  public func minimizing(_ loss: (Variables) throws -> Loss) throws -> TrainStep {
    let (value, aux, gradients) = try valueAndGrad(params) { params in
      let result = try loss(variables(with: params))
      return (
        result.value, LossAux(collections: result.collections, metrics: result.metrics)
      )
    }
    return try withErrors {
      TrainStep(
        state: applyGradients(
          gradients, collections: aux.collections, values: ["value": value]),
        metrics: aux.metrics.merging(["loss": value]) { $1 })
    }
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
