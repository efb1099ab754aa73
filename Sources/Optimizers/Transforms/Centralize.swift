import Tensor

/// Takes off the mean over all axes but the first; tensors of less than two axes stay.
///
/// Mirrors `optax.centralize`. https://arxiv.org/abs/2004.01461
public func centralize() -> GradientTransformation {
  GradientTransformation(stateless: { updates, _ in
    updates.map { x in
      x.rank < 2 ? x : x - mean(x, axes: Array(1..<x.rank), keepingAxes: true)
    }
  })
}

/// Divides the updates by the norm of all together.
///
/// Mirrors `optax.normalize_by_update_norm`: their norm becomes `scaleFactor`; `eps` is added to it.
public func normalizeByUpdateNorm(
  scaleFactor: any Hyperparameter = 1.0, eps: any Hyperparameter = 1e-6
) -> GradientTransformation {
  let (factor, eps) = (scaleFactor.coefficient, eps.coefficient)
  return GradientTransformation(stateless: { updates, _ in
    let norm = (updates.norm + eps) / factor.tensor
    return updates.map { $0 / norm }
  })
}
