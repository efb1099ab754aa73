import Tensor

/// Fromage: relative steps for each layer, with parameters kept from growing.
///
/// Mirrors `optax.fromage`. With the learning rate r, parameters p and gradients g the next
/// parameters are `(p - r |p| / |g| g) / sqrt(1 + r^2)`. https://arxiv.org/abs/2002.03432
public func fromage(
  _ learningRate: any ScalarOrSchedule, minNorm: any Hyperparameter = 1e-6
) -> GradientTransformation {
  let (rate, decay) = shrinking(learningRate)
  return chain(
    scaleByTrustRatio(minNorm: minNorm), scaleByLearningRate(rate), addDecayedWeights(decay))
}

/// The learning rate times `1 / sqrt(1 + rate^2)`, and that factor less 1.
private func shrinking(
  _ learningRate: any ScalarOrSchedule
) -> (rate: any ScalarOrSchedule, decay: any ScalarOrSchedule) {
  if let schedule = learningRate.schedule {
    let factor = { @Sendable (count: Tensor) in 1 / sqrt(1 + square(schedule(count))) }
    return (Schedule { factor($0) * schedule($0) }, Schedule { factor($0) - 1 })
  }
  switch (learningRate as? any Hyperparameter)?.coefficient ?? .number(0) {
  case .number(let rate):
    let factor = 1 / (1 + rate * rate).squareRoot()
    return (rate * factor, factor - 1)
  case .tensor(let rate):
    let factor = 1 / sqrt(1 + square(rate))
    return (rate * factor, factor - 1)
  }
}
