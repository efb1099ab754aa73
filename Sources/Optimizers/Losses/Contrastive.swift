import Tensor

/// Computes how much nearer embeddings are to those of other labels than to those of their own.
///
/// The normalized temperature-scaled cross-entropy: embeddings `[batch, n]` and labels `[batch]` give
/// a scalar, the mean over all pairs of one label. Mirrors `optax.losses.ntxent`.
/// https://arxiv.org/abs/2002.05709
public func ntxent(_ embeddings: Tensor, _ labels: Tensor, temperature: Double = 0.07) -> Tensor {
  guard isFloat("ntxent", "embeddings", embeddings) else { return sum(embeddings) }
  guard embeddings.rank == 2, labels.shape == embeddings.shape[0..<1] else {
    record(
      TensorError(
        "ntxent", .shapesDiffer,
        [.init("embeddings", embeddings.type), .init("labels", labels.type)],
        hint: "expected [batch, n] and [batch]"))
    return sum(embeddings)
  }
  let similarities =
    cosineSimilarity(
      embeddings.expandingAxis(0), embeddings.expandingAxis(1),
      epsilon: embeddings.dtype.epsilon) / temperature
  let isSame = labels.expandingAxis(1) .== labels.expandingAxis(0)
  let isPair = logicalAnd(isSame, logicalNot(eye(labels.shape[0], dtype: .bool)))
  let lowest = Tensor(-Double.infinity)
  let isEither = logicalOr(isPair, logicalNot(isSame))
  let largest = stopGradient(
    max(which(isEither, similarities, lowest), axes: [1], keepingAxes: true))
  let others = sum(
    exp(which(isSame, lowest, similarities) - largest), axes: [1], keepingAxes: true)
  let matching = which(isPair, similarities, lowest) - largest
  let logProbabilities = matching - log(others + exp(matching))
  return -sum(which(isPair, logProbabilities, 0)) / sum(isPair).cast(to: embeddings.dtype)
}
