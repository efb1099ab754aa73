import Tensor

/// Divides averaged gradients by the root of the largest average of squares so far.
///
/// Mirrors `optax.scale_by_amsgrad`. https://openreview.net/forum?id=ryQu7f-RZ
public func scaleByAMSGrad(
  b1: any Hyperparameter = 0.9, b2: any Hyperparameter = 0.999, eps: any Hyperparameter = 1e-8,
  epsRoot: any Hyperparameter = 0.0, muDtype: DType? = nil, biasCorrectionMu: Bool = true,
  biasCorrectionNu: Bool = true
) -> GradientTransformation {
  let (b1, b2) = (b1.coefficient, b2.coefficient)
  let (eps, epsRoot) = (eps.coefficient, epsRoot.coefficient)
  return GradientTransformation(
    initialize: { params in
      .fields([
        "count": .zeroCount, "mu": .tree(params.zeros(muDtype)), "nu": .tree(params.zeros()),
        "nu_max": .tree(params.zeros()),
      ])
    },
    update: { updates, state, _ in
      let mu = updates.moment(state["mu"].tree, b1)
      let nu = updates.squaredMoment(state["nu"].tree, b2)
      let count = incremented(state["count"].tensor)
      let first = biasCorrectionMu ? mu.biasCorrected(b1, count) : mu
      let second = biasCorrectionNu ? nu.biasCorrected(b2, count) : nu
      let largest = state["nu_max"].tree.map(second) { maximum($0, $1) }
      return (
        first.map(largest) { $0 / (sqrt($1 + epsRoot) + eps) },
        .fields([
          "count": .tensor(count), "mu": .tree(mu.cast(muDtype)), "nu": .tree(nu),
          "nu_max": .tree(largest),
        ])
      )
    })
}

/// Adam with a second moment that never shrinks.
///
/// Mirrors `optax.amsgrad`; see
/// ``scaleByAMSGrad(b1:b2:eps:epsRoot:muDtype:biasCorrectionMu:biasCorrectionNu:)``.
public func amsgrad(
  _ learningRate: any ScalarOrSchedule, b1: any Hyperparameter = 0.9,
  b2: any Hyperparameter = 0.999, eps: any Hyperparameter = 1e-8,
  epsRoot: any Hyperparameter = 0.0, muDtype: DType? = nil, biasCorrectionMu: Bool = true,
  biasCorrectionNu: Bool = true
) -> GradientTransformation {
  chain(
    scaleByAMSGrad(
      b1: b1, b2: b2, eps: eps, epsRoot: epsRoot, muDtype: muDtype,
      biasCorrectionMu: biasCorrectionMu, biasCorrectionNu: biasCorrectionNu),
    scaleByLearningRate(learningRate))
}
