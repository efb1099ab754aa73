import Tensor

/// Momentum with a step for each layer in proportion to its parameters' norm.
///
/// Mirrors `optax.lars`: for large batches. The masks select the parameters that decay and those
/// whose steps adapt, by default all. https://arxiv.org/abs/1708.03888
public func lars(
  _ learningRate: any ScalarOrSchedule, weightDecay: any ScalarOrSchedule = 0.0,
  weightDecayMask: ParameterMask = ParameterMask { _, _ in true },
  trustCoefficient: any Hyperparameter = 0.001, eps: any Hyperparameter = 0.0,
  trustRatioMask: ParameterMask = ParameterMask { _, _ in true },
  momentum: any Hyperparameter = 0.9, nesterov: Bool = false
) -> GradientTransformation {
  chain(
    addDecayedWeights(weightDecay, mask: weightDecayMask),
    masked(scaleByTrustRatio(trustCoefficient: trustCoefficient, eps: eps), trustRatioMask),
    scaleByLearningRate(learningRate), trace(decay: momentum, nesterov: nesterov))
}
