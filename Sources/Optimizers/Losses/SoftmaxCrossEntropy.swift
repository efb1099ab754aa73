import Tensor

/// Computes the cross-entropy of softmax(logits) against probabilities of the classes.
///
/// Logits and labels `[..., classes]` give `[...]`: `-sum(labels log(softmax(logits)))`; the classes
/// may lie along other axes, or several. Only the classes where `mask` holds count. Mirrors
/// `optax.losses.softmax_cross_entropy`; with infinite logits see ``safeSoftmaxCrossEntropy(_:_:)``.
public func softmaxCrossEntropy(
  _ logits: Tensor, _ labels: Tensor, axes: [Int] = [-1], where mask: Tensor? = nil
) -> Tensor {
  guard isFloat("softmaxCrossEntropy", "logits", logits) else { return logits }
  let mask = mask.map { classMask($0, like: logits, axes) }
  return -sum(labels * logSoftmax(logits, axes: axes, where: mask), axes: axes, where: mask)
}

/// Computes the cross-entropy of softmax(logits) against probabilities, 0 where these are 0.
///
/// As ``softmaxCrossEntropy(_:_:axes:where:)`` along the last axis, but logits of -inf are no harm
/// where the label is 0. Mirrors `optax.losses.safe_softmax_cross_entropy`.
public func safeSoftmaxCrossEntropy(_ logits: Tensor, _ labels: Tensor) -> Tensor {
  guard isFloat("safeSoftmaxCrossEntropy", "logits", logits) else { return logits }
  let logProbabilities = logSoftmax(logits)
  let isPossible = labels .!= 0
  // The logits of impossible classes are hidden from the product, and so from its gradient.
  let products = labels * which(isPossible, logProbabilities, 0.0)
  // Nothing, with the derivative by the labels that are 0.
  let isHidden = logicalAnd(logicalNot(isPossible), isFinite(logProbabilities))
  let slopes = (labels - stopGradient(labels)) * which(isHidden, logProbabilities, 0.0)
  return -sum(products + slopes, axes: [-1])
}

/// Computes the cross-entropy of softmax(logits) against classes by number.
///
/// Logits `[..., classes]` and integers `[...]` give `[...]`. Negative numbers count from the last
/// class; a number out of range gives NaN. Classes along several axes are numbered as if these were
/// one, at the end. Only the classes where `mask` holds count. Mirrors
/// `optax.losses.softmax_cross_entropy_with_integer_labels`.
public func softmaxCrossEntropyWithIntegerLabels(
  _ logits: Tensor, _ labels: Tensor, axes: [Int] = [-1], where mask: Tensor? = nil
) -> Tensor {
  let name = "softmaxCrossEntropyWithIntegerLabels"
  guard isFloat(name, "logits", logits) else { return logits }
  guard !labels.dtype.isFloatingPoint else {
    record(
      TensorError(
        name, .dtypeUnsupported(dtype: labels.dtype, expected: "an integer type"),
        [.init("labels", labels.type)], hint: "probabilities go to softmaxCrossEntropy"))
    return sum(logits, axes: axes)
  }
  let mask = mask.map { classMask($0, like: logits, axes) }
  if axes.count > 1 {
    return softmaxCrossEntropyWithIntegerLabels(
      joiningAxes(logits, axes), labels, where: mask.map { joiningAxes($0, axes) })
  }
  guard let axis = axes.first else { return logits }
  let chosen = chosenLogits(logits, labels, axis)
  let loss = logSumExp(logits, axes: [axis], where: mask) - chosen
  guard let mask else { return loss }
  return which(any(mask, axes: axes), loss, 0.0)
}

/// A mask of the classes with as many axes as the logits have.
func classMask(_ mask: Tensor, like logits: Tensor, _ axes: [Int]) -> Tensor {
  guard mask.rank != logits.rank else { return mask }
  return expandDims(mask, axes: axes)
}

/// The axes as one, at the end.
private func joiningAxes(_ x: Tensor, _ axes: [Int]) -> Tensor {
  guard let joined = resolvedAxes("softmaxCrossEntropyWithIntegerLabels", x, axes) else { return x }
  let others = x.shape.indices.filter { !joined.contains($0) }
  return x.transposed(others + joined).reshaped(
    to: Shape(others.map { x.shape[$0] } + [joined.map { x.shape[$0] }.reduce(1, *)]))
}

/// The logits of the labels; a comparison with all classes, which fuses with what surrounds it.
private func chosenLogits(_ logits: Tensor, _ labels: Tensor, _ axis: Int) -> Tensor {
  let classes = logits.shape[axis]
  let wide = labels.dtype.byteSize < 4 ? labels.cast(to: .int32) : labels
  let indices = labels.dtype.isUnsigned ? wide : which(wide .< 0, wide + classes, wide)
  let isLabel = oneHot(indices, classes: classes, axis: axis, dtype: .bool)
  let chosen = sum(which(isLabel, logits, 0.0), axes: [axis])
  let isClass = logicalAnd(indices .>= 0, indices .< Tensor(classes))
  return which(isClass, chosen, Tensor(Double.nan, dtype: logits.dtype))
}

/// Computes the cross-entropy plus `epsilon` times the probability of all wrong classes.
///
/// Mirrors `optax.losses.poly_loss_cross_entropy`. https://arxiv.org/abs/2204.12511
public func polyLossCrossEntropy(
  _ logits: Tensor, _ labels: Tensor, epsilon: Double = 2, axes: [Int] = [-1],
  where mask: Tensor? = nil
) -> Tensor {
  guard isFloat("polyLossCrossEntropy", "logits", logits),
    isFloat("polyLossCrossEntropy", "labels", labels)
  else { return logits }
  let wrong = sum(
    labels * (1 - softmax(logits, axes: axes, where: mask)), axes: axes, where: mask)
  return softmaxCrossEntropy(logits, labels, axes: axes, where: mask) + epsilon * wrong
}

/// Moves a part of the labels' probability to all classes alike.
///
/// Labels `[..., classes]`: `(1 - alpha) labels + alpha / classes`. Mirrors
/// `optax.losses.smooth_labels`. https://arxiv.org/abs/1512.00567
public func smoothLabels(
  _ labels: Tensor, alpha: Double, axes: [Int] = [-1], where mask: Tensor? = nil
) -> Tensor {
  guard isFloat("smoothLabels", "labels", labels) else { return labels }
  let share =
    mask.map { alpha / countNonzero($0, axes: axes, keepingAxes: true).cast(to: labels.dtype) }
    ?? Tensor(alpha / Double(axes.map { labels.shape[$0] }.reduce(1, *)))
  return (1 - alpha) * labels + share
}

/// Whether a tensor is of a floating-point dtype; records an error if not.
func isFloat(_ name: String, _ role: String, _ x: Tensor) -> Bool {
  if x.dtype.isFloatingPoint { return true }
  record(
    TensorError(
      name, .dtypeUnsupported(dtype: x.dtype, expected: "a floating-point type"),
      [.init(role, x.type)]))
  return false
}
