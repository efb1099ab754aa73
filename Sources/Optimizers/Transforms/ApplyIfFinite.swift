import Tensor

/// Leaves out updates that hold an infinity or NaN, unless too many follow each other.
///
/// Mirrors `optax.apply_if_finite`: such an update becomes zero and the inner state stays; after
/// `maxConsecutiveErrors` of them they are taken, so that training fails rather than stalls.
public func applyIfFinite(
  _ inner: GradientTransformation, maxConsecutiveErrors: Int
) -> GradientTransformation {
  GradientTransformation(
    initialize: { params in
      .fields([
        "notfinite_count": .zeroCount, "last_finite": .tensor(Tensor(true)),
        "total_notfinite": .zeroCount, "inner_state": inner.initialize(params),
      ])
    },
    update: { updates, state, arguments in
      let isFinite = allFinite(updates)
      let before = state["notfinite_count"].tensor
      let count = which(isFinite, Tensor(0, dtype: .int32), incremented(before))
      let total = state["total_notfinite"].tensor
      let isTaken = logicalOr(isFinite, count .> Tensor(maxConsecutiveErrors))
      let result = taken(
        inner, isTaken, updates, state["inner_state"], arguments, otherwise: updates.zeros())
      return (
        result.updates,
        .fields([
          "notfinite_count": .tensor(count), "last_finite": .tensor(isFinite),
          "total_notfinite": .tensor(which(isFinite, total, incremented(total))),
          "inner_state": result.state,
        ])
      )
    })
}

/// Replaces NaNs by zeros, and remembers where there were any.
///
/// Mirrors `optax.zero_nans`.
public func zeroNans() -> GradientTransformation {
  GradientTransformation(
    initialize: { params in .fields(["found_nan": .tree(params.map { _ in Tensor(false) })]) },
    update: { updates, _, _ in
      (
        updates.map { which($0 .!= $0, Tensor.zeros($0.shape, dtype: $0.dtype), $0) },
        .fields(["found_nan": .tree(updates.map { any($0 .!= $0) })])
      )
    })
}

/// Whether all elements are finite, as a scalar.
private func allFinite(_ updates: AnyTensorTree) -> Tensor {
  updates.leaves.map { all(isFinite($0)) }.reduce(Tensor(true)) { logicalAnd($0, $1) }
}
