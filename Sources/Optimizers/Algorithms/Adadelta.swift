import Tensor

/// Scales gradients by the ratio of the averages of squared updates and squared gradients.
///
/// Mirrors `optax.scale_by_adadelta`. https://arxiv.org/abs/1212.5701
public func scaleByAdadelta(
  rho: any Hyperparameter = 0.9, eps: any Hyperparameter = 1e-6
) -> GradientTransformation {
  let (rho, eps) = (rho.coefficient, eps.coefficient)
  return GradientTransformation(
    initialize: { params in
      .fields(["e_g": .tree(params.zeros()), "e_x": .tree(params.zeros())])
    },
    update: { updates, state, _ in
      let squaredGradients = updates.squaredMoment(state["e_g"].tree, rho)
      let scaled = updates.map(squaredGradients, state["e_x"].tree) { gradient, now, before in
        sqrt(before + eps) / sqrt(now + eps) * gradient
      }
      return (
        scaled,
        .fields([
          "e_g": .tree(squaredGradients),
          "e_x": .tree(scaled.squaredMoment(state["e_x"].tree, rho)),
        ])
      )
    })
}

/// Adadelta: steps in the units of the parameters, so that no learning rate is needed.
///
/// Mirrors `optax.adadelta`.
public func adadelta(
  _ learningRate: (any ScalarOrSchedule)? = nil, rho: any Hyperparameter = 0.9,
  eps: any Hyperparameter = 1e-6, weightDecay: any ScalarOrSchedule = 0.0,
  weightDecayMask: ParameterMask? = nil
) -> GradientTransformation {
  chain(
    addDecayedWeights(weightDecay, mask: weightDecayMask), scaleByAdadelta(rho: rho, eps: eps),
    scaleByLearningRate(learningRate))
}
