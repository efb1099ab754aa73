import Tensor

/// Adam with decoupled weight decay.
///
/// Mirrors `optax.adamw`.
///
/// The decay, times the learning rate, is subtracted from the parameters that `mask` selects, by
/// default all. https://arxiv.org/abs/1711.05101
public func adamw(
  _ learningRate: any ScalarOrSchedule, b1: any Hyperparameter = 0.9,
  b2: any Hyperparameter = 0.999, eps: any Hyperparameter = 1e-8,
  epsRoot: any Hyperparameter = 0.0, muDtype: DType? = nil,
  weightDecay: any ScalarOrSchedule = 1e-4, mask: ParameterMask? = nil, nesterov: Bool = false
) -> GradientTransformation {
  chain(
    scaleByAdam(b1: b1, b2: b2, eps: eps, epsRoot: epsRoot, muDtype: muDtype, nesterov: nesterov),
    addDecayedWeights(weightDecay, mask: mask), scaleByLearningRate(learningRate))
}

/// AdamW with Nesterov's momentum.
///
/// Mirrors `optax.nadamw`.
public func nadamw(
  _ learningRate: any ScalarOrSchedule, b1: any Hyperparameter = 0.9,
  b2: any Hyperparameter = 0.999, eps: any Hyperparameter = 1e-8,
  epsRoot: any Hyperparameter = 0.0, muDtype: DType? = nil,
  weightDecay: any ScalarOrSchedule = 1e-4, mask: ParameterMask? = nil
) -> GradientTransformation {
  adamw(
    learningRate, b1: b1, b2: b2, eps: eps, epsRoot: epsRoot, muDtype: muDtype,
    weightDecay: weightDecay, mask: mask, nesterov: true)
}
