import Tensor

/// Adam with decay and a step for each layer as large as its parameters are.
///
/// Mirrors `optax.lamb`: for large batches. https://arxiv.org/abs/1904.00962
public func lamb(
  _ learningRate: any ScalarOrSchedule, b1: any Hyperparameter = 0.9,
  b2: any Hyperparameter = 0.999, eps: any Hyperparameter = 1e-6,
  epsRoot: any Hyperparameter = 0.0, weightDecay: any ScalarOrSchedule = 0.0,
  mask: ParameterMask? = nil
) -> GradientTransformation {
  chain(
    scaleByAdam(b1: b1, b2: b2, eps: eps, epsRoot: epsRoot),
    addDecayedWeights(weightDecay, mask: mask), scaleByTrustRatio(),
    scaleByLearningRate(learningRate))
}
