import Tensor

/// Divides averaged gradients by the root of the averaged squares of their surprises.
///
/// Mirrors `optax.scale_by_belief`: the squares are those of `g - m`.
/// https://arxiv.org/abs/2010.07468
public func scaleByBelief(
  b1: any Hyperparameter = 0.9, b2: any Hyperparameter = 0.999, eps: any Hyperparameter = 1e-16,
  epsRoot: any Hyperparameter = 1e-16, nesterov: Bool = false
) -> GradientTransformation {
  let (b1, b2) = (b1.coefficient, b2.coefficient)
  let (eps, epsRoot) = (eps.coefficient, epsRoot.coefficient)
  return GradientTransformation(
    initialize: { params in
      .fields(["count": .zeroCount, "mu": .tree(params.zeros()), "nu": .tree(params.zeros())])
    },
    update: { updates, state, _ in
      let mu = updates.moment(state["mu"].tree, b1)
      let surprise = updates.map(mu) { $0 - $1 }
      let nu = surprise.squaredMoment(state["nu"].tree, b2).map { $0 + epsRoot }
      let count = incremented(state["count"].tensor)
      let first =
        nesterov ? mu.lookingAhead(updates, b1, count) : mu.biasCorrected(b1, count)
      return (
        first.map(nu.biasCorrected(b2, count)) { $0 / (sqrt($1) + eps) },
        .fields(["count": .tensor(count), "mu": .tree(mu), "nu": .tree(nu)])
      )
    })
}

/// AdaBelief: large steps where gradients are as expected.
///
/// Mirrors `optax.adabelief`.
public func adabelief(
  _ learningRate: any ScalarOrSchedule, b1: any Hyperparameter = 0.9,
  b2: any Hyperparameter = 0.999, eps: any Hyperparameter = 1e-16,
  epsRoot: any Hyperparameter = 1e-16, nesterov: Bool = false
) -> GradientTransformation {
  chain(
    scaleByBelief(b1: b1, b2: b2, eps: eps, epsRoot: epsRoot, nesterov: nesterov),
    scaleByLearningRate(learningRate))
}
