import Tensor

/// Scales like Adam with a second moment that changes by additions.
///
/// Mirrors `optax.scale_by_yogi`.
///
///     v = v - (1 - b2) sign(v - g^2) g^2
///
/// https://papers.nips.cc/paper/2018/hash/90365351ccc7437a1309dc64e4db32a3-Abstract.html
public func scaleByYogi(
  b1: any Hyperparameter = 0.9, b2: any Hyperparameter = 0.999, eps: any Hyperparameter = 1e-3,
  epsRoot: any Hyperparameter = 0.0, initialAccumulatorValue: Double = 1e-6
) -> GradientTransformation {
  let (b1, b2) = (b1.coefficient, b2.coefficient)
  let (eps, epsRoot) = (eps.coefficient, epsRoot.coefficient)
  return GradientTransformation(
    initialize: { params in
      let start = params.filled(initialAccumulatorValue)
      return .fields(["count": .zeroCount, "mu": .tree(start), "nu": .tree(start)])
    },
    update: { updates, state, _ in
      let mu = updates.moment(state["mu"].tree, b1)
      let nu = updates.map(state["nu"].tree) { gradient, before in
        let squared = square(gradient)
        return before - (1 - b2) * sign(before - squared) * squared
      }
      let count = incremented(state["count"].tensor)
      let scaled = mu.biasCorrected(b1, count).map(nu.biasCorrected(b2, count)) {
        $0 / (sqrt($1 + epsRoot) + eps)
      }
      return (
        scaled, .fields(["count": .tensor(count), "mu": .tree(mu), "nu": .tree(nu)])
      )
    })
}

/// Yogi: Adam whose step sizes grow slowly.
///
/// Mirrors `optax.yogi`.
public func yogi(
  _ learningRate: any ScalarOrSchedule, b1: any Hyperparameter = 0.9,
  b2: any Hyperparameter = 0.999, eps: any Hyperparameter = 1e-3
) -> GradientTransformation {
  chain(scaleByYogi(b1: b1, b2: b2, eps: eps), scaleByLearningRate(learningRate))
}
