import Tensor

/// Computes the cross-entropy of a ranking: of softmax over a list against the items' relevance.
///
/// Logits and labels `[..., items]` give a scalar, the mean over the lists, or `[...]` with the
/// reduction `.none`. Items where `mask` does not hold are left out, as are lists of none;
/// `weights` multiply the labels. Mirrors `optax.losses.ranking_softmax_loss`.
/// https://doi.org/10.1145/1273496.1273513
public func rankingSoftmaxLoss(
  _ logits: Tensor, _ labels: Tensor, where mask: Tensor? = nil, weights: Tensor? = nil,
  reduction: Reduction = .mean
) -> Tensor {
  guard isFloat("rankingSoftmaxLoss", "logits", logits) else { return logits }
  var (logits, labels) = (logits, labels.cast(to: logits.dtype))
  if let mask {
    labels = which(mask, labels, 0)
    logits = which(mask, logits, Tensor(-Double.infinity))
  }
  if let weights { labels = labels * weights }
  // Left out items have a logarithm of -inf, which must not meet the product's gradient.
  let logProbabilities = logSoftmax(logits)
  let terms = labels * (mask.map { which($0, logProbabilities, 0) } ?? logProbabilities)
  let losses = -sum(terms, axes: [-1])
  let hasItems = mask.map { any($0, axes: [-1]) }
  switch reduction {
  case .none: return hasItems.map { which($0, losses, 0) } ?? losses
  case .sum: return sum(losses, where: hasItems)
  case .mean:
    // The mean of no lists is 0.
    let average = mean(losses, where: hasItems)
    return which(logicalAnd(isNaN(average), logicalNot(any(isNaN(losses)))), 0, average)
  }
}
