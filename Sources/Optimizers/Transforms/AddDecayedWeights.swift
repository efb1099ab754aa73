import Tensor

/// Adds a fraction of the parameters to the updates.
///
/// Mirrors `optax.add_decayed_weights`.
///
/// Before the scaling by the learning rate it pulls parameters towards zero; only those that `mask`
/// selects, by default all. A schedule counts updates in the state.
public func addDecayedWeights(
  _ weightDecay: any ScalarOrSchedule = 0.0, mask: ParameterMask? = nil
) -> GradientTransformation {
  let transformation =
    if let schedule = weightDecay.schedule {
      scheduledDecay(schedule)
    } else {
      constantDecay((weightDecay as? any Hyperparameter)?.coefficient ?? .number(0))
    }
  return mask.map { masked(transformation, $0) } ?? transformation
}

private func constantDecay(_ decay: Coefficient) -> GradientTransformation {
  GradientTransformation(stateless: { updates, arguments in
    let params = arguments.params(for: "addDecayedWeights", like: updates)
    if case .number(0) = decay { return updates }
    return updates.map(params) { $0 + decay * $1 }
  })
}

private func scheduledDecay(_ schedule: Schedule) -> GradientTransformation {
  GradientTransformation(
    initialize: { _ in .fields(["count": .zeroCount]) },
    update: { updates, state, arguments in
      let params = arguments.params(for: "addDecayedWeights", like: updates)
      let count = state["count"].tensor
      let decay = schedule(count)
      return (
        updates.map(params) { $0 + decay * $1 }, .fields(["count": .tensor(incremented(count))])
      )
    })
}
