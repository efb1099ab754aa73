import Tensor

/// What Polyak's step does where the loss is below its presumed least value.
public enum PolyakVariant: Hashable, Sendable {
  /// It goes uphill; https://arxiv.org/abs/2002.10542.
  case sps
  /// It stays; https://arxiv.org/abs/2307.14528.
  case spsPlus
}

/// Scales updates by Polyak's step: how far the loss is from its least value.
///
/// Mirrors `optax.scale_by_polyak`; `update` needs the loss as the value "value". The step is
/// `min((value - fMin) / (|g|^2 + eps), maxLearningRate)`.
public func scaleByPolyak(
  fMin: any Hyperparameter = 0.0, maxLearningRate: any Hyperparameter = 1.0,
  eps: any Hyperparameter = 0.0, variant: PolyakVariant = .sps
) -> GradientTransformation {
  let (fMin, eps) = (fMin.coefficient, eps.coefficient)
  let limit = maxLearningRate.coefficient
  return GradientTransformation(stateless: { updates, arguments in
    let squaredNorm = updates.squaredNorm + eps
    let gap = (arguments.value("value", for: "scaleByPolyak") - fMin.tensor)
      .cast(to: squaredNorm.dtype)
    let step = which(
      squaredNorm .<= Tensor(Double(Float.ulpOfOne)), 0.0,
      minimum((variant == .spsPlus ? maximum(gap, 0.0) : gap) / squaredNorm, limit.tensor))
    return updates.map { step.cast(to: $0.dtype) * $0 }
  })
}

/// Descends with Polyak's step size.
///
/// Mirrors `optax.polyak_sgd`; see ``scaleByPolyak(fMin:maxLearningRate:eps:variant:)``.
public func polyakSGD(
  maxLearningRate: any Hyperparameter = 1.0, scaling: any ScalarOrSchedule = 1.0,
  fMin: any Hyperparameter = 0.0, eps: any Hyperparameter = 0.0, variant: PolyakVariant = .sps
) -> GradientTransformation {
  chain(
    sgd(scaling),
    scaleByPolyak(fMin: fMin, maxLearningRate: maxLearningRate, eps: eps, variant: variant))
}
