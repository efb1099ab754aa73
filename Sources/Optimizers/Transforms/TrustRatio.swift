import Tensor

/// Scales each tensor of the updates by its parameter's norm over its own norm.
///
/// Mirrors `optax.scale_by_trust_ratio`: the part of LARS and LAMB that adapts layers. Norms count
/// as at least `minNorm`; where one is 0 the updates stay. https://arxiv.org/abs/1904.00962
public func scaleByTrustRatio(
  minNorm: any Hyperparameter = 0.0, trustCoefficient: any Hyperparameter = 1.0,
  eps: any Hyperparameter = 0.0
) -> GradientTransformation {
  let (minNorm, eps) = (minNorm.coefficient, eps.coefficient)
  let trust = trustCoefficient.coefficient
  return GradientTransformation(stateless: { updates, arguments in
    let params = arguments.params(for: "scaleByTrustRatio", like: updates)
    return updates.map(params) { update, parameter in
      let parameterNorm = limitedNorm(parameter, minNorm)
      let updateNorm = limitedNorm(update, minNorm)
      let ratio = trust * parameterNorm / (updateNorm + eps)
      let hasNone = logicalOr(parameterNorm .== 0, updateNorm .== 0)
      return update * which(hasNone, Tensor(1.0, dtype: parameter.dtype), ratio)
    }
  })
}

/// Scales each tensor of the updates by its parameter's root mean square, at least `minScale`.
///
/// Mirrors `optax.scale_by_param_block_rms`.
public func scaleByParamBlockRMS(
  minScale: any Hyperparameter = 1e-3
) -> GradientTransformation {
  let least = minScale.coefficient
  return GradientTransformation(stateless: { updates, arguments in
    let params = arguments.params(for: "scaleByParamBlockRMS", like: updates)
    return updates.map(params) { $0 * atLeast(sqrt(mean(square($1))), least) }
  })
}

/// Scales each tensor of the updates by its parameter's norm, at least `minScale`.
///
/// Mirrors `optax.scale_by_param_block_norm`.
public func scaleByParamBlockNorm(
  minScale: any Hyperparameter = 1e-3
) -> GradientTransformation {
  let least = minScale.coefficient
  return GradientTransformation(stateless: { updates, arguments in
    let params = arguments.params(for: "scaleByParamBlockNorm", like: updates)
    return updates.map(params) { $0 * limitedNorm($1, least) }
  })
}

private func limitedNorm(_ x: Tensor, _ least: Coefficient) -> Tensor {
  atLeast(sqrt(sum(square(x))), least)
}

private func atLeast(_ x: Tensor, _ least: Coefficient) -> Tensor {
  let bound = least.tensor.cast(to: x.dtype)
  return which(x .<= bound, bound, x)
}
