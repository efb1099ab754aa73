import Tensor

/// Computes the Kullback-Leibler divergence of predictions, as logarithms, from targets.
///
/// Both `[..., n]` give `[...]`: `sum(targets (log(targets) - logPredictions))`. Mirrors
/// `optax.losses.kl_divergence`. https://doi.org/10.1214/aoms/1177729694
public func klDivergence(
  _ logPredictions: Tensor, _ targets: Tensor, axes: [Int] = [-1], where mask: Tensor? = nil
) -> Tensor {
  guard isFloat("klDivergence", "logPredictions", logPredictions),
    isFloat("klDivergence", "targets", targets)
  else { return logPredictions }
  let logTargets = which(targets .== 0, 0.0, log(targets))
  return sum(targets * (logTargets - logPredictions), axes: axes, where: mask)
}

/// Computes the Kullback-Leibler divergence of predictions from targets, both as logarithms.
///
/// Mirrors `optax.losses.kl_divergence_with_log_targets`.
public func klDivergenceWithLogTargets(
  _ logPredictions: Tensor, _ logTargets: Tensor, axes: [Int] = [-1], where mask: Tensor? = nil
) -> Tensor {
  guard isFloat("klDivergenceWithLogTargets", "logPredictions", logPredictions),
    isFloat("klDivergenceWithLogTargets", "logTargets", logTargets)
  else { return logPredictions }
  return sum(exp(logTargets) * (logTargets - logPredictions), axes: axes, where: mask)
}

/// Computes the divergence of predictions that need not sum to 1, as logarithms, from targets.
///
/// Mirrors `optax.losses.generalized_kl_divergence`.
public func generalizedKLDivergence(
  _ logPredictions: Tensor, _ targets: Tensor, axes: [Int] = [-1], where mask: Tensor? = nil
) -> Tensor {
  klDivergence(logPredictions, targets, axes: axes, where: mask)
    + sum(exp(logPredictions) - targets, axes: axes, where: mask)
}
