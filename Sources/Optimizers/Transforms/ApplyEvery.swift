import Tensor

/// Sums updates up and lets the sum through at every `k`-th; in between they are zero.
///
/// Mirrors `optax.apply_every`. Transformations before it see every update, unlike those within
/// ``multiSteps(_:everyK:useGradMean:skipping:accumulatorDtype:)``.
public func applyEvery(_ k: Int = 1) -> GradientTransformation {
  GradientTransformation(
    initialize: { params in
      .fields(["count": .zeroCount, "grad_acc": .tree(params.zeros())])
    },
    update: { updates, state, _ in
      let place = remainder(state["count"].tensor, Tensor(k, dtype: .int32))
      let sums = updates.map(state["grad_acc"].tree) { which(place .== 0, $0, $1 + $0) }
      let isDue = place .== Tensor(k - 1, dtype: .int32)
      let count = remainder(incremented(state["count"].tensor), Tensor(k, dtype: .int32))
      return (
        sums.map { which(isDue, $0, 0.0) },
        .fields(["count": .tensor(count), "grad_acc": .tree(sums)])
      )
    })
}
