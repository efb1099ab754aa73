import Tensor

/// Sums updates up, the earlier ones decaying: momentum.
///
/// Mirrors `optax.trace`.
///
/// `t = g + decay t`; with `nesterov` the updates are `g + decay t` once more.
public func trace(
  decay: any Hyperparameter, nesterov: Bool = false, accumulatorDtype: DType? = nil
) -> GradientTransformation {
  let decay = decay.coefficient
  return GradientTransformation(
    initialize: { params in .fields(["trace": .tree(params.zeros(accumulatorDtype))]) },
    update: { updates, state, _ in
      let trace = updates.map(state["trace"].tree) { $0 + decay * $1 }
      let result = nesterov ? updates.map(trace) { $0 + decay * $1 } : trace
      return (result, .fields(["trace": .tree(trace.cast(accumulatorDtype))]))
    })
}

/// Averages updates, the earlier ones decaying.
///
/// Mirrors `optax.ema`.
///
/// `m = decay m + (1 - decay) g`; with `debias` the updates are freed of the beginning at zero.
public func ema(
  decay: any Hyperparameter, debias: Bool = true, accumulatorDtype: DType? = nil
) -> GradientTransformation {
  let decay = decay.coefficient
  return GradientTransformation(
    initialize: { params in
      .fields(["count": .zeroCount, "ema": .tree(params.zeros(accumulatorDtype))])
    },
    update: { updates, state, _ in
      let average = updates.moment(state["ema"].tree, decay)
      let count = incremented(state["count"].tensor)
      return (
        debias ? average.biasCorrected(decay, count) : average,
        .fields(["count": .tensor(count), "ema": .tree(average.cast(accumulatorDtype))])
      )
    })
}
