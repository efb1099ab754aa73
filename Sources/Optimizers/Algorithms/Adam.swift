import Tensor

/// Divides averaged gradients by the root of averaged squares.
///
/// Mirrors `optax.scale_by_adam`.
///
///     m = b1 m + (1 - b1) g
///     v = b2 v + (1 - b2) g^2
///     u = m / (1 - b1^t) / (sqrt(v / (1 - b2^t) + epsRoot) + eps)
///
/// `nesterov` looks one step ahead in m. The first moment is kept in `muDtype`, by default that of
/// the parameters. https://arxiv.org/abs/1412.6980
public func scaleByAdam(
  b1: any Hyperparameter = 0.9, b2: any Hyperparameter = 0.999, eps: any Hyperparameter = 1e-8,
  epsRoot: any Hyperparameter = 0.0, muDtype: DType? = nil, nesterov: Bool = false
) -> GradientTransformation {
  let (b1, b2) = (b1.coefficient, b2.coefficient)
  let (eps, epsRoot) = (eps.coefficient, epsRoot.coefficient)
  return GradientTransformation(
    initialize: { params in
      .fields([
        "count": .zeroCount, "mu": .tree(params.zeros(muDtype)), "nu": .tree(params.zeros()),
      ])
    },
    update: { updates, state, _ in
      let mu = updates.moment(state["mu"].tree, b1)
      let nu = updates.squaredMoment(state["nu"].tree, b2)
      let count = incremented(state["count"].tensor)
      let first =
        nesterov ? mu.lookingAhead(updates, b1, count) : mu.biasCorrected(b1, count)
      let scaled = first.map(nu.biasCorrected(b2, count)) { $0 / (sqrt($1 + epsRoot) + eps) }
      return (
        scaled,
        .fields([
          "count": .tensor(count), "mu": .tree(mu.cast(muDtype)),
          "nu": .tree(nu.cast(like: state["nu"].tree)),
        ])
      )
    })
}

/// Adam: steps of a size that the gradients' scale does not change.
///
/// Mirrors `optax.adam`.
///
/// See ``scaleByAdam(b1:b2:eps:epsRoot:muDtype:nesterov:)``; with `nesterov` it is NAdam.
public func adam(
  _ learningRate: any ScalarOrSchedule, b1: any Hyperparameter = 0.9,
  b2: any Hyperparameter = 0.999, eps: any Hyperparameter = 1e-8,
  epsRoot: any Hyperparameter = 0.0, muDtype: DType? = nil, nesterov: Bool = false
) -> GradientTransformation {
  chain(
    scaleByAdam(b1: b1, b2: b2, eps: eps, epsRoot: epsRoot, muDtype: muDtype, nesterov: nesterov),
    scaleByLearningRate(learningRate))
}

/// Adam with Nesterov's momentum.
///
/// Mirrors `optax.nadam`.
///
/// https://openreview.net/pdf?id=OM0jvwB8jIp57ZJjtNEZ
public func nadam(
  _ learningRate: any ScalarOrSchedule, b1: any Hyperparameter = 0.9,
  b2: any Hyperparameter = 0.999, eps: any Hyperparameter = 1e-8,
  epsRoot: any Hyperparameter = 0.0, muDtype: DType? = nil
) -> GradientTransformation {
  adam(
    learningRate, b1: b1, b2: b2, eps: eps, epsRoot: epsRoot, muDtype: muDtype, nesterov: true)
}
