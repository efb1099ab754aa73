import Tensor

/// Averages the gradients of several small batches and updates once for all of them.
///
/// Mirrors `optax.MultiSteps`: `everyK` counts the batches, as a number or a schedule over the
/// updates made so far; in between the updates are zero. With `useGradMean: false` gradients are
/// summed. The sums are kept in `accumulatorDtype`.
public func multiSteps(
  _ inner: GradientTransformation, everyK: Int, useGradMean: Bool = true,
  accumulatorDtype: DType = .float32
) -> GradientTransformation {
  multiSteps(
    inner, everyK: Schedule { _ in Tensor(everyK, dtype: .int32) }, useGradMean: useGradMean,
    accumulatorDtype: accumulatorDtype)
}

/// Averages the gradients of as many small batches as a schedule says and updates once.
public func multiSteps(
  _ inner: GradientTransformation, everyK: Schedule, useGradMean: Bool = true,
  accumulatorDtype: DType = .float32
) -> GradientTransformation {
  GradientTransformation(
    initialize: { params in
      .fields([
        "mini_step": .zeroCount, "gradient_step": .zeroCount,
        "inner_opt_state": inner.initialize(params),
        "acc_grads": .tree(params.zeros(accumulatorDtype)), "skip_state": .empty,
      ])
    },
    update: { updates, state, arguments in
      let (miniStep, step) = (state["mini_step"].tensor, state["gradient_step"].tensor)
      let sums = updates.map(state["acc_grads"].tree) { gradient, sum in
        useGradMean ? sum + (gradient - sum) / (miniStep + 1) : gradient + sum
      }
      let result = inner.update(sums.cast(like: updates), state["inner_opt_state"], arguments)
      let k = everyK(step)
      let isDue = miniStep .== k - 1
      return (
        result.updates.map { which(isDue, $0, Tensor.zeros($0.shape, dtype: $0.dtype)) },
        .fields([
          "mini_step": .tensor(remainder(incremented(miniStep), k).cast(to: .int32)),
          "gradient_step": .tensor(which(isDue, incremented(step), step)),
          "inner_opt_state": treeMap(state["inner_opt_state"], result.state) { old, new in
            which(isDue, new, old).cast(to: old.dtype)
          },
          "acc_grads": .tree(
            sums.map {
              which(isDue, Tensor.zeros($0.shape, dtype: $0.dtype), $0).cast(to: accumulatorDtype)
            }),
          "skip_state": .empty,
        ])
      )
    })
}
