import Tensor

/// Limits each element of the updates to `-maxDelta...maxDelta`.
///
/// Mirrors `optax.clip`.
public func clip(_ maxDelta: any Hyperparameter) -> GradientTransformation {
  let limit = maxDelta.coefficient
  return GradientTransformation(stateless: { updates, _ in
    updates.map { x in
      let bound = limit.tensor.cast(to: x.dtype)
      return maximum(minimum(x, bound), -bound)
    }
  })
}

/// Scales the updates down so that the norm of all together is at most `maxNorm`.
///
/// Mirrors `optax.clip_by_global_norm`. https://arxiv.org/abs/1211.5063
public func clipByGlobalNorm(_ maxNorm: any Hyperparameter) -> GradientTransformation {
  let limit = maxNorm.coefficient
  return GradientTransformation(stateless: { updates, _ in
    let norm = updates.norm
    let isWithin = norm .< limit.tensor
    return updates.map { x in which(isWithin, x, limit * (x / norm.cast(to: x.dtype))) }
  })
}

/// Scales each tensor of the updates down so that its root mean square is at most `threshold`.
///
/// Mirrors `optax.clip_by_block_rms`.
public func clipByBlockRMS(_ threshold: any Hyperparameter) -> GradientTransformation {
  let limit = threshold.coefficient
  return GradientTransformation(stateless: { updates, _ in
    updates.map { $0 / maximum(1.0, sqrt(mean(square($0))) / limit.tensor) }
  })
}

/// Scales units' updates down to a fraction of the norm of their parameters.
///
/// Mirrors `optax.adaptive_grad_clip`; a unit is an output of a layer: all axes but the last belong
/// to it, or those named. Parameters count as at least `eps` long. Records an error for tensors of
/// more than five axes if none are named. https://arxiv.org/abs/2102.06171
public func adaptiveGradClip(
  _ clipping: any Hyperparameter, eps: any Hyperparameter = 1e-3, axes: [Int]? = nil
) -> GradientTransformation {
  let (clipping, eps) = (clipping.coefficient, eps.coefficient)
  return GradientTransformation(stateless: { updates, arguments in
    let params = arguments.params(for: "adaptiveGradClip", like: updates)
    return updates.map(params) { gradient, parameter in
      let norm = unitNorm(gradient, axes)
      let limit = clipping * maximum(unitNorm(parameter, axes), eps.tensor)
      return which(norm .< limit, gradient, gradient * (limit / maximum(norm, 1e-6)))
    }
  })
}

/// The norm of each unit, with axes of size 1 for those that belong to it.
private func unitNorm(_ x: Tensor, _ axes: [Int]?) -> Tensor {
  sqrt(sum(square(x), axes: axes ?? unitAxes(x), keepingAxes: true))
}

/// The axes that belong to a unit where none are named.
private func unitAxes(_ x: Tensor) -> [Int] {
  if x.shape.count(where: { $0 != 1 }) <= 1 { return Array(x.shape.indices) }
  if x.rank > 5 {
    record(
      TensorError(
        "adaptiveGradClip", .rankInvalid(rank: x.rank, expected: "at most 5 without axes:"),
        [.init("gradient", x.type)]))
  }
  // As optax does, kernels of two and three axes have their inputs on the first axis only.
  return x.rank <= 3 ? [0] : Array(0..<x.rank - 1)
}
