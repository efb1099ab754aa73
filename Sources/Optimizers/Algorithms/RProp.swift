import Tensor

/// Replaces gradients by their signs times step sizes that grow while the signs stay.
///
/// Mirrors `optax.scale_by_rprop`: where a gradient's sign turned, its step becomes smaller and the
/// element rests for an update. The step sizes begin at `learningRate`. As in optax, the moves are
/// those of the gradients before, so that the first update is zero.
/// https://ieeexplore.ieee.org/document/298623
public func scaleByRProp(
  _ learningRate: any Hyperparameter, etaMinus: any Hyperparameter = 0.5,
  etaPlus: any Hyperparameter = 1.2, minStepSize: any Hyperparameter = 1e-6,
  maxStepSize: any Hyperparameter = 50.0
) -> GradientTransformation {
  let rate = learningRate.coefficient
  let (shrink, grow) = (etaMinus.coefficient.tensor, etaPlus.coefficient.tensor)
  let (least, largest) = (minStepSize.coefficient.tensor, maxStepSize.coefficient.tensor)
  return GradientTransformation(
    initialize: { params in
      .fields([
        "step_sizes": .tree(
          params.map { (rate * Tensor.ones(like: $0)).cast(to: $0.dtype) }),
        "prev_updates": .tree(params.zeros()),
      ])
    },
    update: { updates, state, _ in
      let before = state["prev_updates"].tree
      let agreement = updates.map(before) { $0 * $1 }
      let steps = agreement.map(state["step_sizes"].tree) { agreement, step in
        let changed = step * which(agreement .> 0, grow, shrink)
        return which(agreement .== 0, step, minimum(maximum(changed, least), largest))
      }
      let next = agreement.map(updates, steps) { agreement, gradient, step in
        which(agreement .< 0, 0.0, step * sign(gradient))
      }
      let moves = agreement.map(before) { which($0 .< 0, 0.0, $1) }
      return (moves, .fields(["step_sizes": .tree(steps), "prev_updates": .tree(next)]))
    })
}

/// Resilient propagation: steps that depend on the gradients' signs alone, for whole data sets.
///
/// Mirrors `optax.rprop`.
public func rprop(
  _ learningRate: any Hyperparameter, etaMinus: any Hyperparameter = 0.5,
  etaPlus: any Hyperparameter = 1.2, minStepSize: any Hyperparameter = 1e-6,
  maxStepSize: any Hyperparameter = 50.0
) -> GradientTransformation {
  chain(
    scaleByRProp(
      learningRate, etaMinus: etaMinus, etaPlus: etaPlus, minStepSize: minStepSize,
      maxStepSize: maxStepSize),
    scale(-1.0))
}
