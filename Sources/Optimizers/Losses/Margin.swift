import Tensor

/// Computes how far a classifier's output falls short of a margin of 1.
///
/// Targets are -1 or 1: `max(0, 1 - outputs targets)`. Mirrors `optax.losses.hinge_loss`.
public func hingeLoss(_ outputs: Tensor, _ targets: Tensor) -> Tensor {
  maximum(0, 1 - outputs * targets)
}

/// Computes how far a classifier's output is on the wrong side.
///
/// Targets are -1 or 1: `max(0, -outputs targets)`. Mirrors `optax.losses.perceptron_loss`.
public func perceptronLoss(_ outputs: Tensor, _ targets: Tensor) -> Tensor {
  maximum(0, -outputs * targets)
}

/// Computes how far the right class's score falls short of the best of the others plus 1.
///
/// Scores `[..., classes]` and integers `[...]` give `[...]`. Mirrors
/// `optax.losses.multiclass_hinge_loss`.
public func multiclassHingeLoss(_ scores: Tensor, _ labels: Tensor) -> Tensor {
  let target = oneHot(labels, classes: scores.shape[-1], dtype: scores.dtype)
  return max(scores + 1 - target, axes: [-1]) - sum(scores * target, axes: [-1])
}

/// Computes how far the right class's score falls short of the best.
///
/// Mirrors `optax.losses.multiclass_perceptron_loss`.
public func multiclassPerceptronLoss(_ scores: Tensor, _ labels: Tensor) -> Tensor {
  let target = oneHot(labels, classes: scores.shape[-1], dtype: scores.dtype)
  return max(scores, axes: [-1]) - sum(scores * target, axes: [-1])
}

/// Computes how much nearer negatives are to anchors than positives plus a margin.
///
/// All `[..., n]` give `[...]`; the distance is the norm of degree `normDegree`, with `eps` added to
/// the sum. Mirrors `optax.losses.triplet_margin_loss`.
/// https://doi.org/10.5244/C.30.119
public func tripletMarginLoss(
  _ anchors: Tensor, _ positives: Tensor, _ negatives: Tensor, axes: [Int] = [-1],
  normDegree: Int = 2, margin: Double = 1, eps: Double = 1e-6
) -> Tensor {
  guard isFloat("tripletMarginLoss", "anchors", anchors),
    isFloat("tripletMarginLoss", "positives", positives),
    isFloat("tripletMarginLoss", "negatives", negatives)
  else { return anchors }
  func distance(_ others: Tensor) -> Tensor {
    pow(sum(pow(anchors - others, normDegree), axes: axes) + eps, 1 / Double(normDegree))
  }
  return maximum(distance(positives) - distance(negatives) + margin, 0)
}
