import Tensor

/// Divides gradients by the root of their tensors' averaged squared norms.
///
/// Mirrors `optax.scale_by_novograd`. https://arxiv.org/abs/1905.11286
public func scaleByNovoGrad(
  b1: any Hyperparameter = 0.9, b2: any Hyperparameter = 0.25, eps: any Hyperparameter = 1e-8,
  epsRoot: any Hyperparameter = 0.0, weightDecay: any Hyperparameter = 0.0,
  muDtype: DType? = nil
) -> GradientTransformation {
  let (b1, b2, weightDecay) = (b1.coefficient, b2.coefficient, weightDecay.coefficient)
  let (eps, epsRoot) = (eps.coefficient, epsRoot.coefficient)
  return GradientTransformation(
    initialize: { params in
      .fields([
        "count": .zeroCount, "mu": .tree(params.zeros(muDtype)),
        "nu": .tree(params.map { Tensor(0.0, dtype: $0.dtype) }),
      ])
    },
    update: { updates, state, arguments in
      let params = arguments.params(for: "scaleByNovoGrad", like: updates)
      let count = incremented(state["count"].tensor)
      let isFirst = count .== 1
      // The first update has no average to start from and takes its own values.
      let nu = updates.map(state["nu"].tree) { gradient, before in
        let norm = sum(square(gradient)).cast(to: before.dtype)
        return which(isFirst, norm, (1 - b2) * norm + b2 * before)
      }
      let scaled = updates.map(params, nu) { gradient, parameter, norm in
        gradient / (sqrt(norm + epsRoot) + eps) + weightDecay * parameter
      }
      let mu = scaled.map(state["mu"].tree) { new, before in
        which(isFirst, new, b1 * before + new)
      }.cast(muDtype)
      return (mu, .fields(["count": .tensor(count), "mu": .tree(mu), "nu": .tree(nu)]))
    })
}

/// NovoGrad: normalizes by layers, with decoupled weight decay.
///
/// Mirrors `optax.novograd`.
public func novograd(
  _ learningRate: any ScalarOrSchedule, b1: any Hyperparameter = 0.9,
  b2: any Hyperparameter = 0.25, eps: any Hyperparameter = 1e-6,
  epsRoot: any Hyperparameter = 0.0, weightDecay: any Hyperparameter = 0.0
) -> GradientTransformation {
  chain(
    scaleByNovoGrad(b1: b1, b2: b2, eps: eps, epsRoot: epsRoot, weightDecay: weightDecay),
    scaleByLearningRate(learningRate))
}
