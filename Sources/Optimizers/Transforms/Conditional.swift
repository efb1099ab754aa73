import Tensor

/// Whether a conditional transformation works at a step, given the values of the update.
public typealias UpdateCondition =
  @Sendable (_ step: Tensor, _ values: [String: Tensor]) -> Tensor

/// Does a transformation at the steps where a condition holds; at others the updates pass through.
///
/// Mirrors `optax.conditionally_transform`; the state of `inner` stays at the other steps.
///
///     conditionallyTransform(clip(1)) { step, _ in step .< 100 }
public func conditionallyTransform(
  _ inner: GradientTransformation, when condition: @escaping UpdateCondition
) -> GradientTransformation {
  GradientTransformation(
    initialize: { params in
      .fields(["inner_state": inner.initialize(params), "step": .zeroCount])
    },
    update: { updates, state, arguments in
      let step = state["step"].tensor
      let result = taken(
        inner, condition(step, arguments.values), updates, state["inner_state"], arguments,
        otherwise: updates)
      return (
        result.updates,
        .fields(["inner_state": result.state, "step": .tensor(incremented(step))])
      )
    })
}

/// Does a transformation at the steps where a condition holds; at others the updates are zero.
///
/// Mirrors `optax.conditionally_mask`; the state of `inner` stays at the other steps.
public func conditionallyMask(
  _ inner: GradientTransformation, when condition: @escaping UpdateCondition
) -> GradientTransformation {
  GradientTransformation(
    initialize: { params in
      .fields(["step": .zeroCount, "inner_state": inner.initialize(params)])
    },
    update: { updates, state, arguments in
      let step = state["step"].tensor
      let result = taken(
        inner, condition(step, arguments.values), updates, state["inner_state"], arguments,
        otherwise: updates.zeros())
      return (
        result.updates,
        .fields(["step": .tensor(incremented(step)), "inner_state": result.state])
      )
    })
}

/// What a transformation makes of the updates where `isTaken` holds, else others and the old state.
package func taken(
  _ inner: GradientTransformation, _ isTaken: Tensor, _ updates: AnyTensorTree,
  _ state: OptimizerState, _ arguments: GradientTransformation.Arguments,
  otherwise others: AnyTensorTree
) -> (updates: AnyTensorTree, state: OptimizerState) {
  let result = inner.update(updates, state, arguments)
  return (
    result.updates.map(others) { which(isTaken, $0, $1.cast(to: $0.dtype)) },
    treeMap(state, result.state) { which(isTaken, $1, $0).cast(to: $0.dtype) }
  )
}
