import Tensor

/// Divides gradients by the root of averaged squares.
///
/// Mirrors `optax.scale_by_rms`. `eps` is added within the root, or behind it.
public func scaleByRMS(
  decay: any Hyperparameter = 0.9, eps: any Hyperparameter = 1e-8, initialScale: Double = 0,
  epsInSqrt: Bool = true, biasCorrection: Bool = false
) -> GradientTransformation {
  let (decay, eps) = (decay.coefficient, eps.coefficient)
  return GradientTransformation(
    initialize: { params in
      let nu = OptimizerState.tree(params.filled(initialScale))
      return biasCorrection ? .fields(["count": .zeroCount, "nu": nu]) : .fields(["nu": nu])
    },
    update: { updates, state, _ in
      let nu = updates.squaredMoment(state["nu"].tree, decay)
      if !biasCorrection {
        return (updates.map(nu) { scaled($0, $1, eps, epsInSqrt) }, .fields(["nu": .tree(nu)]))
      }
      let count = incremented(state["count"].tensor)
      return (
        updates.map(nu.biasCorrected(decay, count)) { scaled($0, $1, eps, epsInSqrt) },
        .fields(["count": .tensor(count), "nu": .tree(nu)])
      )
    })
}

/// Divides gradients by an average of their standard deviation.
///
/// Mirrors `optax.scale_by_stddev`, the centered RMSProp.
public func scaleByStddev(
  decay: any Hyperparameter = 0.9, eps: any Hyperparameter = 1e-8, initialScale: Double = 0,
  epsInSqrt: Bool = true, biasCorrection: Bool = false
) -> GradientTransformation {
  let (decay, eps) = (decay.coefficient, eps.coefficient)
  return GradientTransformation(
    initialize: { params in
      let mu = OptimizerState.tree(params.zeros())
      let nu = OptimizerState.tree(params.filled(initialScale))
      return biasCorrection
        ? .fields(["count": .zeroCount, "mu": mu, "nu": nu]) : .fields(["mu": mu, "nu": nu])
    },
    update: { updates, state, _ in
      let mu = updates.moment(state["mu"].tree, decay)
      let nu = updates.squaredMoment(state["nu"].tree, decay)
      if !biasCorrection {
        let result = updates.map(mu, nu) { scaled($0, $2 - square($1), eps, epsInSqrt) }
        return (result, .fields(["mu": .tree(mu), "nu": .tree(nu)]))
      }
      let count = incremented(state["count"].tensor)
      let (first, second) = (mu.biasCorrected(decay, count), nu.biasCorrected(decay, count))
      return (
        updates.map(first, second) { scaled($0, $2 - square($1), eps, epsInSqrt) },
        .fields(["count": .tensor(count), "mu": .tree(mu), "nu": .tree(nu)])
      )
    })
}

/// RMSProp: steps of a size that the gradients' scale does not change.
///
/// Mirrors `optax.rmsprop`: centered if asked for, with momentum if asked for.
/// https://www.cs.toronto.edu/~tijmen/csc321/slides/lecture_slides_lec6.pdf
public func rmsprop(
  _ learningRate: any ScalarOrSchedule, decay: any Hyperparameter = 0.9,
  eps: any Hyperparameter = 1e-8, initialScale: Double = 0, epsInSqrt: Bool = true,
  centered: Bool = false, momentum: (any Hyperparameter)? = nil, nesterov: Bool = false,
  biasCorrection: Bool = false
) -> GradientTransformation {
  let scaling =
    centered
    ? scaleByStddev(
      decay: decay, eps: eps, initialScale: initialScale, epsInSqrt: epsInSqrt,
      biasCorrection: biasCorrection)
    : scaleByRMS(
      decay: decay, eps: eps, initialScale: initialScale, epsInSqrt: epsInSqrt,
      biasCorrection: biasCorrection)
  return chain(
    scaling, scaleByLearningRate(learningRate),
    momentum.map { trace(decay: $0, nesterov: nesterov) } ?? identity())
}

private func scaled(
  _ gradient: Tensor, _ moment: Tensor, _ eps: Coefficient, _ epsInSqrt: Bool
) -> Tensor {
  epsInSqrt ? rsqrt(moment + eps) * gradient : 1 / (sqrt(moment) + eps) * gradient
}
