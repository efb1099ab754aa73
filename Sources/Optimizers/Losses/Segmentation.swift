import Tensor

/// How ``diceLoss(_:_:classWeights:smooth:alpha:beta:applySoftmax:reduction:ignoreBackground:axes:)``
/// combines the losses of the classes.
public enum Reduction: Hashable, Sendable {
  /// Their mean.
  case mean
  /// Their sum.
  case sum
  /// Not at all.
  case none

  fileprivate func callAsFunction(_ losses: Tensor) -> Tensor {
    switch self {
    case .mean: Tensor::mean(losses, axes: [-1])
    case .sum: Tensor::sum(losses, axes: [-1])
    case .none: losses
    }
  }
}

/// Computes how little predicted regions overlap those of the targets.
///
/// Predictions are logits `[batch, ..., classes]`, or probabilities without `applySoftmax`; targets
/// are one-hot. Gives `[batch]`, or `[batch, classes]` without reduction: 1 less
/// `(o + smooth) / (o + alpha (p - o) + beta (t - o) + smooth)` with the overlap o and the sizes p
/// and t, summed over `axes`, by default all between the first and the last. A single class takes a
/// sigmoid. Mirrors `optax.losses.dice_loss`. https://arxiv.org/abs/1606.04797
public func diceLoss(
  _ predictions: Tensor, _ targets: Tensor, classWeights: Tensor? = nil, smooth: Double = 1,
  alpha: Double = 0.5, beta: Double = 0.5, applySoftmax: Bool = true,
  reduction: Reduction = .mean, ignoreBackground: Bool = false, axes: [Int]? = nil
) -> Tensor {
  let isOneAxisShort = (predictions.rank + 1 == targets.rank, targets.rank + 1 == predictions.rank)
  let predictions = isOneAxisShort.0 ? predictions.expandingAxis(-1) : predictions
  let targets = isOneAxisShort.1 ? targets.expandingAxis(-1) : targets
  guard haveOneShape("diceLoss", predictions, targets) else { return predictions }
  var probabilities = predictions
  if applySoftmax {
    probabilities = predictions.shape[-1] == 1 ? sigmoid(predictions) : softmax(predictions)
  }
  let axes = axes ?? Array(1..<max(probabilities.rank - 1, 1))
  let overlap = sum(probabilities * targets, axes: axes)
  let (predicted, wanted) = (sum(probabilities, axes: axes), sum(targets, axes: axes))
  let all = overlap + alpha * (predicted - overlap) + beta * (wanted - overlap) + smooth
  var losses = 1 - (overlap + smooth) / all
  if let classWeights { losses = losses * classWeights }
  if ignoreBackground, probabilities.shape[-1] > 1 {
    losses = split(losses, at: [1], axis: -1)[1]
  }
  return reduction(losses)
}

/// Computes the overlap loss of one kind of region: logits and targets `[batch, ...]` or `[..., 1]`.
///
/// Mirrors `optax.losses.binary_dice_loss`.
public func binaryDiceLoss(
  _ predictions: Tensor, _ targets: Tensor, smooth: Double = 1, applySigmoid: Bool = true
) -> Tensor {
  let isFlat = predictions.rank == targets.rank && predictions.shape[-1] != 1
  return diceLoss(
    isFlat ? predictions.expandingAxis(-1) : predictions,
    isFlat ? targets.expandingAxis(-1) : targets, smooth: smooth, applySoftmax: applySigmoid)
}

/// Computes the overlap loss with classes weighted by the inverse squares of their frequencies.
///
/// Gives a scalar. Mirrors `optax.losses.multiclass_generalized_dice_loss`.
/// https://arxiv.org/abs/1707.03237
public func multiclassGeneralizedDiceLoss(
  _ predictions: Tensor, _ targets: Tensor, smooth: Double = 1, applySoftmax: Bool = true,
  ignoreBackground: Bool = false
) -> Tensor {
  guard haveOneShape("multiclassGeneralizedDiceLoss", predictions, targets) else {
    return predictions
  }
  let frequencies = sum(targets, axes: Array(0..<targets.rank - 1))
  let inverse = 1 / (square(frequencies) + 1e-7)
  let weights = inverse / sum(inverse) * Double(targets.shape[-1])
  return mean(
    diceLoss(
      predictions, targets, classWeights: weights, smooth: smooth, applySoftmax: applySoftmax,
      reduction: .none, ignoreBackground: ignoreBackground))
}

private func haveOneShape(_ name: String, _ predictions: Tensor, _ targets: Tensor) -> Bool {
  if predictions.shape == targets.shape, predictions.rank > 1 { return true }
  record(
    TensorError(
      name, .shapesDiffer,
      [.init("predictions", predictions.type), .init("targets", targets.type)],
      hint: "both are [batch, ..., classes]"))
  return false
}
