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
/// With a key, a position in the data and a dynamic scale, which are optional, it holds all that a
/// training needs to go on from a checkpoint as if it had never stopped.
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
  /// The key that the keys of all steps come from.
  public var key: Key?
  /// The scale of the loss, for half precision.
  public var dynamicScale: DynamicScale?
  /// The place in the data where the next batch lies.
  public var dataPosition: DataPosition?
  /// The optimizer.
  public let optimizer: GradientTransformation

  /// Creates the state before the first step from a model's initial variables.
  public static func create(
    _ variables: Variables, optimizer: GradientTransformation, key: Key? = nil,
    dynamicScale: DynamicScale? = nil, dataPosition: DataPosition? = nil
  ) -> TrainState {
    var collections = variables
    let params = collections.removeValue(forKey: "params") ?? Variables()
    return TrainState(
      step: Tensor(0, dtype: .int32), params: params, optState: optimizer.initialize(params),
      collections: collections, key: key, dynamicScale: dynamicScale, dataPosition: dataPosition,
      optimizer: optimizer)
  }

  /// The variables to apply the model with.
  public var variables: Variables { variables(with: params) }

  /// The variables with other parameters, such as those that are differentiated.
  public func variables(with params: Variables) -> Variables {
    var variables = collections
    variables["params"] = params
    return variables
  }

  /// The key of this step, such as for dropout: another one at each step.
  ///
  /// Records an error if the state was created without a key.
  public var stepKey: Key {
    guard let key else {
      record(
        TensorError(
          "TrainState", .other("there is no key"), hint: "pass key: to TrainState.create"))
      return Key(0)
    }
    return key.foldIn(step)
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
    visitor.visit(.field("key"), &key)
    visitor.visit(.field("dynamic_scale"), &dynamicScale)
    visitor.visit(.field("data_position"), &dataPosition)
  }
}
