import Tensor

/// Scales like Adam once the variance of the second moment is bounded, and like momentum before.
///
/// Mirrors `optax.scale_by_radam`. https://arxiv.org/abs/1908.03265
public func scaleByRAdam(
  b1: any Hyperparameter = 0.9, b2: Double = 0.999, eps: any Hyperparameter = 1e-8,
  epsRoot: any Hyperparameter = 0.0, threshold: any Hyperparameter = 5.0, nesterov: Bool = false
) -> GradientTransformation {
  let (b1, decay) = (b1.coefficient, Coefficient.number(b2))
  let (eps, epsRoot) = (eps.coefficient, epsRoot.coefficient)
  let threshold = threshold.coefficient
  let limit = 2 / (1 - b2) - 1
  return GradientTransformation(
    initialize: { params in
      .fields(["count": .zeroCount, "mu": .tree(params.zeros()), "nu": .tree(params.zeros())])
    },
    update: { updates, state, _ in
      let mu = updates.moment(state["mu"].tree, b1)
      let nu = updates.squaredMoment(state["nu"].tree, decay)
      let count = incremented(state["count"].tensor)
      let steps = count.cast(to: .defaultFloat)
      let power = pow(Tensor(b2), steps)
      let rho = limit - 2 * steps * power / (1 - power)
      let rectification = sqrt(
        (rho - 4) * (rho - 2) * limit / ((limit - 4) * (limit - 2) * rho))
      let first =
        nesterov ? mu.lookingAhead(updates, b1, count) : mu.biasCorrected(b1, count)
      let isBounded = rho .>= threshold.tensor
      let scaled = first.map(nu.biasCorrected(decay, count)) { m, v in
        let adaptive = rectification.cast(to: m.dtype) * m / (sqrt(v + epsRoot) + eps)
        return which(isBounded, adaptive, m)
      }
      return (
        scaled, .fields(["count": .tensor(count), "mu": .tree(mu), "nu": .tree(nu)])
      )
    })
}

/// Rectified Adam: Adam that needs no warm-up.
///
/// Mirrors `optax.radam`.
public func radam(
  _ learningRate: any ScalarOrSchedule, b1: any Hyperparameter = 0.9, b2: Double = 0.999,
  eps: any Hyperparameter = 1e-8, epsRoot: any Hyperparameter = 0.0,
  threshold: any Hyperparameter = 5.0, nesterov: Bool = false
) -> GradientTransformation {
  chain(
    scaleByRAdam(
      b1: b1, b2: b2, eps: eps, epsRoot: epsRoot, threshold: threshold, nesterov: nesterov),
    scaleByLearningRate(learningRate))
}
