import Tensor

/// Divides gradients by the root of the sum of their squares so far.
///
/// Mirrors `optax.scale_by_rss`. https://jmlr.org/papers/v12/duchi11a.html
public func scaleByRSS(
  initialAccumulatorValue: Double = 0.1, eps: any Hyperparameter = 1e-7
) -> GradientTransformation {
  let eps = eps.coefficient
  return GradientTransformation(
    initialize: { params in
      .fields(["sum_of_squares": .tree(params.filled(initialAccumulatorValue))])
    },
    update: { updates, state, _ in
      let sums = updates.map(state["sum_of_squares"].tree) { square($0) + $1 }
      let scaled = updates.map(sums) { $0 * inverseRoot($1, eps) }
      return (scaled, .fields(["sum_of_squares": .tree(sums)]))
    })
}

/// Adagrad: steps that become smaller where gradients were large.
///
/// Mirrors `optax.adagrad`.
public func adagrad(
  _ learningRate: any ScalarOrSchedule, initialAccumulatorValue: Double = 0.1,
  eps: any Hyperparameter = 1e-7
) -> GradientTransformation {
  chain(
    scaleByRSS(initialAccumulatorValue: initialAccumulatorValue, eps: eps),
    scaleByLearningRate(learningRate))
}

/// `1 / sqrt(x + eps)` where x is positive, else 0.
package func inverseRoot(_ x: Tensor, _ eps: Coefficient) -> Tensor {
  which(x .> 0, rsqrt(x + eps), 0.0)
}
