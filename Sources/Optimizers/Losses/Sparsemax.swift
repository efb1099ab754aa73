import Tensor

/// Computes the sparsemax loss of binary classifiers, each element for itself.
///
/// Labels are 0 or 1. Mirrors `optax.losses.sparsemax_loss`. https://arxiv.org/abs/1911.11528
public func sparsemaxLoss(_ logits: Tensor, _ labels: Tensor) -> Tensor {
  let wrong = which(labels, -logits, logits)
  return which(wrong .<= -1, 0, which(wrong .>= 1, wrong, square(wrong + 1) / 4))
}

/// Computes the sparsemax loss against classes by number: like softmax, with probabilities of 0.
///
/// Scores `[batch, classes]` and integers `[batch]` give `[batch]`. Mirrors
/// `optax.losses.multiclass_sparsemax_loss`. https://arxiv.org/abs/1602.02068
public func multiclassSparsemaxLoss(_ scores: Tensor, _ labels: Tensor) -> Tensor {
  guard isFloat("multiclassSparsemaxLoss", "scores", scores) else { return scores }
  let probabilities = simplexProjection(scores)
  let isLabel = oneHot(labels, classes: scores.shape[-1], dtype: .bool)
  let target = sum(which(isLabel, scores, 0), axes: [-1], keepingAxes: true)
  let gaps = which(logicalOr(isLabel, probabilities .== 0), 0, scores - target)
  return sum(probabilities * gaps, axes: [-1])
    + 0.5 * (1 - sum(square(probabilities), axes: [-1]))
}

/// The nearest point whose elements along the last axis are at least 0 and sum to 1.
///
/// https://stanford.edu/~jduchi/projects/DuchiShSiCh08.pdf
private func simplexProjection(_ x: Tensor) -> Tensor {
  // The derivative passes through the elements that stay positive, not through their choice.
  let sorted = sort(stopGradient(x), axis: -1, descending: true)
  let ranks = arange(1, x.shape[-1] + 1).cast(to: x.dtype)
  let kept = sum(
    1 + ranks * sorted .> cumsum(sorted, axis: x.rank - 1), axes: [-1], keepingAxes: true)
  let least = sum(which(ranks .== kept.cast(to: x.dtype), sorted, 0), axes: [-1], keepingAxes: true)
  let isKept = stopGradient(x) .>= least
  let shift = (sum(which(isKept, x, 0), axes: [-1], keepingAxes: true) - 1) / kept.cast(to: x.dtype)
  return which(isKept, x - shift, 0)
}
