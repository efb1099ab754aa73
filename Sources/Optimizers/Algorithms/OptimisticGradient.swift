import Tensor

/// Adds to updates how much they changed: `(alpha + beta) g - beta g_before`.
///
/// Mirrors `optax.scale_by_optimistic_gradient`. https://arxiv.org/abs/1711.00141
public func scaleByOptimisticGradient(
  alpha: any Hyperparameter = 1.0, beta: any Hyperparameter = 1.0
) -> GradientTransformation {
  let (alpha, beta) = (alpha.coefficient, beta.coefficient)
  return GradientTransformation(
    initialize: { params in
      .fields([
        "is_initial_step": .tensor(Tensor(true)), "previous_gradient": .tree(params.zeros()),
      ])
    },
    update: { updates, state, _ in
      let isFirst = state["is_initial_step"].tensor
      let scaled = updates.map(state["previous_gradient"].tree) { gradient, before in
        (alpha + beta) * gradient - beta * which(isFirst, gradient, before)
      }
      return (
        scaled,
        .fields([
          "is_initial_step": .tensor(logicalAnd(isFirst, Tensor(false))),
          "previous_gradient": .tree(updates),
        ])
      )
    })
}

/// Descends along gradients that expect to change as they did before: for games between players.
///
/// Mirrors `optax.optimistic_gradient_descent`.
public func optimisticGradientDescent(
  _ learningRate: any ScalarOrSchedule, alpha: any Hyperparameter = 1.0,
  beta: any Hyperparameter = 1.0
) -> GradientTransformation {
  chain(scaleByOptimisticGradient(alpha: alpha, beta: beta), scaleByLearningRate(learningRate))
}

/// Adam along gradients that expect to change as they did before.
///
/// Mirrors `optax.optimistic_adam_v2`. https://arxiv.org/abs/1711.00141
public func optimisticAdam(
  _ learningRate: any ScalarOrSchedule, alpha: any Hyperparameter = 1.0,
  beta: any Hyperparameter = 1.0, b1: any Hyperparameter = 0.9, b2: any Hyperparameter = 0.999,
  eps: any Hyperparameter = 1e-8, epsRoot: any Hyperparameter = 0.0, muDtype: DType? = nil,
  nesterov: Bool = true
) -> GradientTransformation {
  chain(
    scaleByAdam(b1: b1, b2: b2, eps: eps, epsRoot: epsRoot, muDtype: muDtype, nesterov: nesterov),
    scaleByOptimisticGradient(alpha: alpha, beta: beta), scaleByLearningRate(learningRate))
}
