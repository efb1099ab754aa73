import Tensor

/// Stochastic gradient descent, with momentum if asked for.
///
/// Mirrors `optax.sgd`.
///
/// `nesterov` is Sutskever's form of Nesterov's accelerated gradient,
/// http://proceedings.mlr.press/v28/sutskever13.pdf. The momentum is kept in `accumulatorDtype`, by
/// default that of the parameters.
public func sgd(
  _ learningRate: any ScalarOrSchedule, momentum: (any Hyperparameter)? = nil,
  nesterov: Bool = false, accumulatorDtype: DType? = nil
) -> GradientTransformation {
  chain(
    momentum.map { trace(decay: $0, nesterov: nesterov, accumulatorDtype: accumulatorDtype) }
      ?? identity(),
    scaleByLearningRate(learningRate))
}

/// Descends along the signs of the gradients.
///
/// Mirrors `optax.sign_sgd`.
///
/// https://arxiv.org/abs/1802.04434
public func signSGD(_ learningRate: any ScalarOrSchedule) -> GradientTransformation {
  chain(scaleBySign(), scaleByLearningRate(learningRate))
}

/// Descends along the signs of averaged gradients.
///
/// Mirrors `optax.signum`. https://arxiv.org/abs/1802.04434
public func signum(
  _ learningRate: any ScalarOrSchedule, beta: any Hyperparameter = 0.9,
  accumulatorDtype: DType? = nil
) -> GradientTransformation {
  chain(
    ema(decay: beta, debias: false, accumulatorDtype: accumulatorDtype), scaleBySign(),
    scaleByLearningRate(learningRate))
}

/// Replaces the updates by their signs.
///
/// Mirrors `optax.scale_by_sign`.
public func scaleBySign() -> GradientTransformation {
  GradientTransformation(stateless: { updates, _ in updates.map { sign($0) } })
}

/// Descends along gradients with noise that becomes less.
///
/// Mirrors `optax.noisy_sgd`.
///
/// https://arxiv.org/abs/1511.06807; the noise is that of ``addNoise(eta:gamma:key:)``.
public func noisySGD(
  _ learningRate: any ScalarOrSchedule, eta: any Hyperparameter = 0.01,
  gamma: any Hyperparameter = 0.55, key: Key
) -> GradientTransformation {
  chain(addNoise(eta: eta, gamma: gamma, key: key), scaleByLearningRate(learningRate))
}
