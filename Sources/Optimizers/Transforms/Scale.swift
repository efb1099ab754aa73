import Tensor

/// Leaves the updates as they are.
///
/// Mirrors `optax.identity`.
public func identity() -> GradientTransformation {
  GradientTransformation(stateless: { updates, _ in updates })
}

/// Makes all updates zero, so that the parameters stay.
///
/// Mirrors `optax.set_to_zero`.
public func setToZero() -> GradientTransformation {
  GradientTransformation(stateless: { updates, _ in updates.zeros() })
}

/// Multiplies the updates by a number.
///
/// Mirrors `optax.scale`.
public func scale(_ stepSize: any Hyperparameter) -> GradientTransformation {
  let step = stepSize.coefficient
  return GradientTransformation(stateless: { updates, _ in updates.map { step * $0 } })
}

/// Multiplies the updates by a schedule's number, which is converted to their dtypes.
///
/// Mirrors `optax.scale_by_schedule`.
public func scaleBySchedule(_ schedule: Schedule) -> GradientTransformation {
  GradientTransformation(
    initialize: { _ in .fields(["count": .zeroCount]) },
    update: { updates, state, _ in
      let count = state["count"].tensor
      let step = schedule(count)
      return (
        updates.map { step.cast(to: $0.dtype) * $0 },
        .fields(["count": .tensor(incremented(count))])
      )
    })
}

/// Multiplies the updates by the negated learning rate, so that adding them descends.
///
/// Without a learning rate it leaves them as they are; `flipSign: false` does not negate. Mirrors
/// `optax.scale_by_learning_rate`.
public func scaleByLearningRate(
  _ learningRate: (any ScalarOrSchedule)?, flipSign: Bool = true
) -> GradientTransformation {
  if let rate = learningRate as? any Hyperparameter {
    switch rate.coefficient {
    case .number(let number): return scale(flipSign ? -number : number)
    case .tensor(let tensor): return scale(flipSign ? -tensor : tensor)
    }
  }
  guard let schedule = learningRate?.schedule else { return identity() }
  return scaleBySchedule(flipSign ? Schedule { -schedule($0) } : schedule)
}
