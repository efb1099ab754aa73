import Tensor

/// Divides averages of gradients and of their changes by the root of averaged squares of both.
///
/// Mirrors `optax.scale_by_adan`.
///
///     d = g - g_before,  m = b1 m + (1 - b1) g,  v = b2 v + (1 - b2) d
///     n = b3 n + (1 - b3) (g + (1 - b2) d)^2
///     u = (m / (1 - b1^t) + (1 - b2) v / (1 - b2^t)) / (sqrt(n / (1 - b3^t) + epsRoot) + eps)
///
/// https://arxiv.org/abs/2208.06677
public func scaleByAdan(
  b1: any Hyperparameter = 0.98, b2: any Hyperparameter = 0.92, b3: any Hyperparameter = 0.99,
  eps: any Hyperparameter = 1e-8, epsRoot: any Hyperparameter = 0.0
) -> GradientTransformation {
  let (b1, b2, b3) = (b1.coefficient, b2.coefficient, b3.coefficient)
  let (eps, epsRoot) = (eps.coefficient, epsRoot.coefficient)
  return GradientTransformation(
    initialize: { params in
      let zeros = OptimizerState.tree(params.zeros())
      return .fields(["m": zeros, "v": zeros, "n": zeros, "g": zeros, "t": .zeroCount])
    },
    update: { updates, state, _ in
      let isFirst = state["t"].tensor .== 0
      let changes = updates.map(state["g"].tree) { which(isFirst, 0.0, $0 - $1) }
      let m = updates.moment(state["m"].tree, b1)
      let v = changes.moment(state["v"].tree, b2)
      let n = updates.map(changes) { $0 + (1 - b2) * $1 }.squaredMoment(state["n"].tree, b3)
      let count = incremented(state["t"].tensor)
      let direction = m.biasCorrected(b1, count).map(v.biasCorrected(b2, count)) {
        $0 + (1 - b2) * $1
      }
      return (
        direction.map(n.biasCorrected(b3, count)) { $0 / (sqrt($1 + epsRoot) + eps) },
        .fields([
          "m": .tree(m), "v": .tree(v), "n": .tree(n), "g": .tree(updates), "t": .tensor(count),
        ])
      )
    })
}

/// Adan: Adam with Nesterov's momentum made of gradients' changes.
///
/// Mirrors `optax.adan`; see ``scaleByAdan(b1:b2:b3:eps:epsRoot:)``.
public func adan(
  _ learningRate: any ScalarOrSchedule, b1: any Hyperparameter = 0.98,
  b2: any Hyperparameter = 0.92, b3: any Hyperparameter = 0.99, eps: any Hyperparameter = 1e-8,
  epsRoot: any Hyperparameter = 1e-8, weightDecay: any ScalarOrSchedule = 0.0,
  mask: ParameterMask? = nil
) -> GradientTransformation {
  chain(
    scaleByAdan(b1: b1, b2: b2, b3: b3, eps: eps, epsRoot: epsRoot),
    addDecayedWeights(weightDecay, mask: mask), scaleByLearningRate(learningRate))
}
