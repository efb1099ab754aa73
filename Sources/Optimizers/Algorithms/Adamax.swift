import Tensor

/// Divides averaged gradients by a decaying maximum of their absolute values.
///
/// Mirrors `optax.scale_by_adamax`.
///
///     m = b1 m + (1 - b1) g,  v = max(b2 v, |g| + eps),  u = m / (1 - b1^t) / v
///
/// https://arxiv.org/abs/1412.6980, section 7.1
public func scaleByAdamax(
  b1: any Hyperparameter = 0.9, b2: any Hyperparameter = 0.999, eps: any Hyperparameter = 1e-8
) -> GradientTransformation {
  let (b1, b2, eps) = (b1.coefficient, b2.coefficient, eps.coefficient)
  return GradientTransformation(
    initialize: { params in
      .fields(["count": .zeroCount, "mu": .tree(params.zeros()), "nu": .tree(params.zeros())])
    },
    update: { updates, state, _ in
      let count = incremented(state["count"].tensor)
      let mu = updates.moment(state["mu"].tree, b1)
      let nu = updates.map(state["nu"].tree) { maximum(abs($0) + eps, b2 * $1) }
      return (
        mu.biasCorrected(b1, count).map(nu) { $0 / $1 },
        .fields(["count": .tensor(count), "mu": .tree(mu), "nu": .tree(nu)])
      )
    })
}

/// Adam with the maximum norm.
///
/// Mirrors `optax.adamax`; see ``scaleByAdamax(b1:b2:eps:)``.
public func adamax(
  _ learningRate: any ScalarOrSchedule, b1: any Hyperparameter = 0.9,
  b2: any Hyperparameter = 0.999, eps: any Hyperparameter = 1e-8
) -> GradientTransformation {
  chain(scaleByAdamax(b1: b1, b2: b2, eps: eps), scaleByLearningRate(learningRate))
}

/// Adamax with decoupled weight decay.
///
/// Mirrors `optax.adamaxw`.
public func adamaxw(
  _ learningRate: any ScalarOrSchedule, b1: any Hyperparameter = 0.9,
  b2: any Hyperparameter = 0.999, eps: any Hyperparameter = 1e-8,
  weightDecay: any ScalarOrSchedule = 1e-4, mask: ParameterMask? = nil
) -> GradientTransformation {
  chain(
    scaleByAdamax(b1: b1, b2: b2, eps: eps), addDecayedWeights(weightDecay, mask: mask),
    scaleByLearningRate(learningRate))
}
