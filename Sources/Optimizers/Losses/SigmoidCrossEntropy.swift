import Tensor

/// Computes the cross-entropy of sigmoid(logits) against labels, each element for itself.
///
/// Labels are 0, 1 or probabilities. Mirrors `optax.losses.sigmoid_binary_cross_entropy`.
public func sigmoidBinaryCrossEntropy(_ logits: Tensor, _ labels: Tensor) -> Tensor {
  guard isFloat("sigmoidBinaryCrossEntropy", "logits", logits) else { return logits }
  let labels = labels.cast(to: logits.dtype)
  return -labels * logSigmoid(logits) - (1 - labels) * logSigmoid(-logits)
}

/// Computes the cross-entropy of sigmoid(logits), weighted towards elements that are taken wrongly.
///
/// The weight is the probability of the other class to the power of `gamma`, times `alpha` for
/// labels of 1 and `1 - alpha` for 0, if given. Mirrors `optax.losses.sigmoid_focal_loss`.
/// https://arxiv.org/abs/1708.02002
public func sigmoidFocalLoss(
  _ logits: Tensor, _ labels: Tensor, alpha: Double? = nil, gamma: Double = 2
) -> Tensor {
  guard isFloat("sigmoidFocalLoss", "logits", logits) else { return logits }
  let labels = labels.cast(to: logits.dtype)
  let logWrong = logSumExp(
    stack([logSigmoid(logits), logSigmoid(-logits)], axis: -1), axes: [-1],
    weights: stack([1 - labels, labels], axis: -1))
  let loss = sigmoidBinaryCrossEntropy(logits, labels) * exp(gamma * logWrong)
  guard let alpha else { return loss }
  return (alpha * labels + (1 - alpha) * (1 - labels)) * loss
}
