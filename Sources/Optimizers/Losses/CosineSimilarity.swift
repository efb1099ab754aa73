import Tensor

/// Computes the cosine of the angle between vectors along `axes`.
///
/// Predictions and targets `[..., n]` give `[...]`. Squared norms count as at least `epsilon`, so
/// that the gradient at 0 stays finite. Mirrors `optax.losses.cosine_similarity`.
public func cosineSimilarity(
  _ predictions: Tensor, _ targets: Tensor, epsilon: Double = 0, axes: [Int] = [-1],
  where mask: Tensor? = nil
) -> Tensor {
  guard isFloat("cosineSimilarity", "predictions", predictions),
    isFloat("cosineSimilarity", "targets", targets)
  else { return predictions }
  func unit(_ x: Tensor) -> Tensor {
    let squaredNorm = sum(square(x), axes: axes, keepingAxes: true, where: mask)
    return x / sqrt(maximum(squaredNorm, Tensor(epsilon, dtype: x.dtype)))
  }
  return sum(unit(predictions) * unit(targets), axes: axes, where: mask)
}

/// Computes 1 less the cosine of the angle between vectors.
///
/// Mirrors `optax.losses.cosine_distance`; see ``cosineSimilarity(_:_:epsilon:axes:where:)``.
public func cosineDistance(
  _ predictions: Tensor, _ targets: Tensor, epsilon: Double = 0, axes: [Int] = [-1],
  where mask: Tensor? = nil
) -> Tensor {
  1 - cosineSimilarity(predictions, targets, epsilon: epsilon, axes: axes, where: mask)
}
