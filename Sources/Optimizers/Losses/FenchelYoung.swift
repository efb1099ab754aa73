import Tensor

/// Makes a loss of a convex function: `max(scores) - <targets, scores>`.
///
/// `maxFunction` takes scores `[..., n]` to `[...]`, as `logSumExp` does; targets are `[..., n]`. Its
/// gradient is the function's less the targets. Mirrors `optax.losses.make_fenchel_young_loss`.
/// https://arxiv.org/abs/1901.02324
///
///     let loss = makeFenchelYoungLoss { logSumExp($0, axes: [-1]) }   // softmax cross-entropy
public func makeFenchelYoungLoss(
  _ maxFunction: @escaping @Sendable (_ scores: Tensor) -> Tensor
) -> @Sendable (_ scores: Tensor, _ targets: Tensor) -> Tensor {
  { scores, targets in maxFunction(scores) - sum(targets * scores, axes: [-1]) }
}
