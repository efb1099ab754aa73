import Tensor

/// Keeps an optimizer's numbers in its state, where they can be seen and changed between updates.
///
/// Mirrors `optax.inject_hyperparams`. `make` builds the optimizer from the numbers, at each update
/// anew; numbers given as schedules follow them. Swift numbers are kept in `dtype`, by default the
/// widest of the parameters.
///
///     let optimizer = injectHyperparams(["learning_rate": 0.1]) { sgd($0["learning_rate"]) }
///     var state = optimizer.initialize(params)
///     state["hyperparams"]["learning_rate"] = .tensor(0.01)
public func injectHyperparams(
  _ hyperparams: KeyValuePairs<String, any ScalarOrSchedule>, dtype: DType? = nil,
  _ make: @escaping @Sendable (Hyperparams) -> GradientTransformation
) -> GradientTransformation {
  let given = hyperparams.map { (name: $0.key, value: $0.value) }
  let numbers = given.compactMap { name, value in
    (value as? any Hyperparameter).map { (name: name, value: $0.coefficient) }
  }
  let schedules = given.compactMap { name, value in
    value.schedule.map { (name: name, schedule: $0) }
  }
  return GradientTransformation(
    initialize: { params in
      let dtype = dtype ?? highestDtype(params)
      let fixed = numbers.map { ($0.name, $0.value.tensor.inDtype(dtype)) }
      let scheduled = schedules.map { ($0.name, $0.schedule(0).inDtype(dtype)) }
      let values = Hyperparams(values: fixed + scheduled)
      return .fields([
        "count": .zeroCount, "hyperparams": values.state,
        "hyperparams_states": .dictionary(
          schedules.map { ($0.name, .fields(["count": .zeroCount])) }),
        "inner_state": make(values).initialize(params),
      ])
    },
    update: { updates, state, arguments in
      let dtype = dtype ?? highestDtype(arguments.params ?? updates)
      let fixed = numbers.map { ($0.name, state["hyperparams"][$0.name].tensor.inDtype(dtype)) }
      let counts = schedules.map { state["hyperparams_states"][$0.name]["count"].tensor }
      let scheduled = zip(schedules, counts).map { ($0.name, $0.schedule($1).inDtype(dtype)) }
      let values = Hyperparams(values: fixed + scheduled)
      let result = make(values).update(updates, state["inner_state"], arguments)
      return (
        result.updates,
        .fields([
          "count": .tensor(incremented(state["count"].tensor)), "hyperparams": values.state,
          "hyperparams_states": .dictionary(
            zip(schedules, counts).map {
              ($0.name, .fields(["count": .tensor(incremented($1))]))
            }),
          "inner_state": result.state,
        ])
      )
    })
}

/// The numbers from which an optimizer is built at an update.
public struct Hyperparams: Sendable {
  fileprivate let values: [(name: String, value: Tensor)]

  /// The number of a name; records an error and gives 0 if there is none.
  public subscript(name: String) -> Tensor {
    if let match = values.first(where: { $0.name == name }) { return match.value }
    record(
      TensorError(
        "injectHyperparams",
        .argumentInvalid(
          name: "the hyperparameter", value: "\"\(name)\"",
          expected: "one of \(values.map(\.name))")))
    return Tensor(0.0)
  }

  fileprivate var state: OptimizerState {
    .dictionary(values.map { ($0.name, .tensor($0.value)) })
  }
}

/// The dtype that the parameters' floating-point dtypes promote to.
private func highestDtype(_ params: AnyTensorTree) -> DType {
  let dtypes = params.leaves.map(\.dtype).filter(\.isFloatingPoint)
  return dtypes.max { $0.byteSize < $1.byteSize } ?? .defaultFloat
}

extension Tensor {
  /// A weakly typed or default float in the dtype; another tensor keeps its own.
  fileprivate func inDtype(_ dtype: DType) -> Tensor {
    self.dtype.isFloatingPoint && type.isWeak ? cast(to: dtype) : self
  }
}
