import Autodiff
import Tensor

/// Computes the connectionist temporal classification loss of sequences without alignment.
///
/// Logits `[batch, frames, classes]` and labels `[batch, labels]` give `[batch]`: the negative log
/// probability of all ways in which the frames can spell the labels, with blanks between them.
/// `logitPaddings` `[batch, frames]` and `labelPaddings` `[batch, labels]` are 1 where there is
/// nothing. `blankID` is the class of the blank; `logEpsilon` stands for the logarithm of 0.
/// Mirrors `optax.losses.ctc_loss`. https://dl.acm.org/doi/10.1145/1143844.1143891
public func ctcLoss(
  _ logits: Tensor, _ logitPaddings: Tensor, _ labels: Tensor, _ labelPaddings: Tensor,
  blankID: Int = 0, logEpsilon: Double = -1e5
) -> Tensor {
  ctcLossWithForwardProbabilities(
    logits, logitPaddings, labels, labelPaddings, blankID: blankID, logEpsilon: logEpsilon
  ).loss
}

/// Computes the connectionist temporal classification loss and the probabilities that lead to it.
///
/// As ``ctcLoss(_:_:_:_:blankID:logEpsilon:)``; besides the losses `[batch]` the log probabilities
/// after each frame of all ways to spell the first n labels: those that end in a blank,
/// `[frames, batch, labels + 1]`, and those that end in label n, `[frames, batch, labels]`. The last
/// frame's blanks stand for both endings. Mirrors `optax.losses.ctc_loss_with_forward_probs`.
public func ctcLossWithForwardProbabilities(
  _ logits: Tensor, _ logitPaddings: Tensor, _ labels: Tensor, _ labelPaddings: Tensor,
  blankID: Int = 0, logEpsilon: Double = -1e5
) -> (loss: Tensor, blank: Tensor, label: Tensor) {
  guard areConsistent(logits, logitPaddings, labels, labelPaddings) else {
    let placeholder = Tensor.placeholder(logits.type.with(shape: logits.shape[0..<1]))
    return (placeholder, placeholder, placeholder)
  }
  let (count, classes, dtype) = (labels.shape[1], logits.shape[2], logits.dtype)
  let logProbabilities = logSoftmax(logits)
  // The log probabilities of the labels and of the blank in each frame, the frames first.
  let emissions = einsum(
    "btk,bnk->tbn", logProbabilities, oneHot(labels, classes: classes, dtype: dtype))
  let blanks = einsum(
    "btk,k->tb", logProbabilities,
    oneHot(Tensor(blankID, dtype: .int32), classes: classes, dtype: dtype))
  let paddings = logitPaddings.cast(to: dtype).transposed()
  // Between two equal labels there must be a blank.
  let repeats = logicalAnd(
    labels .== roll(labels, by: -1, axis: 1), arange(count) .< Tensor(count - 1))
  let step = CTCStep(repeats: repeats.cast(to: dtype), logEpsilon: logEpsilon)

  let batch = logits.shape[0]
  let never = Tensor.full([batch, count], logEpsilon, dtype: dtype)
  let start = CTCScores(
    blank: concatenate([Tensor.zeros([batch, 1], dtype: dtype), never], axis: 1), label: never)
  let frames = [emissions, blanks.expandingAxis(-1), paddings.expandingAxis(-1)]
  do {
    let (end, scores) = try scan(start, frames) { scores, frame in
      let next = step(scores, emission: frame[0], blank: frame[1], padding: frame[2])
      return (next, next)
    }
    let lengths = count - sum(labelPaddings, axes: [1]).cast(to: .int32)
    let isEnd = oneHot(lengths, classes: count + 1, dtype: dtype)
    let last = CTCStep.adding(end.label, to: end.blank)
    let earlier = split(scores.blank, at: [logits.shape[1] - 1])[0]
    return (
      -sum(last * isEnd, axes: [1]),
      concatenate([earlier, last.expandingAxis(0)]), scores.label
    )
  } catch {
    record(error)
    let placeholder = Tensor.placeholder(logits.type.with(shape: logits.shape[0..<1]))
    return (placeholder, placeholder, placeholder)
  }
}

/// The log probabilities of all ways to spell the first n labels.
private struct CTCScores: TensorTree {
  /// Those that end in a blank, n from 0: `[batch, labels + 1]`.
  var blank: Tensor
  /// Those that end in the n-th label, n from 1: `[batch, labels]`.
  var label: Tensor

  mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit(.field("blank"), &blank)
    visitor.visit(.field("label"), &label)
  }
}

/// The recursion from one frame to the next.
private struct CTCStep {
  /// 1 where the next label is the same, `[batch, labels]`.
  let repeats: Tensor
  let logEpsilon: Double

  func callAsFunction(
    _ scores: CTCScores, emission: Tensor, blank: Tensor, padding: Tensor
  ) -> CTCScores {
    // From a label straight to the next one, unless it is the same.
    let before = CTCStep.adding(scores.label + logEpsilon * repeats, to: scores.blank)
    let count = scores.label.shape[1]
    let label = logAddExp(split(before, at: [count], axis: 1)[0], scores.label) + emission
    let stay = CTCStep.adding(
      scores.label + blank + logEpsilon * (1 - repeats), to: before + blank)
    return CTCScores(
      blank: padding * scores.blank + (1 - padding) * stay,
      label: padding * scores.label + (1 - padding) * label)
  }

  /// The scores with another way to each blank but the first.
  static func adding(_ added: Tensor, to blank: Tensor) -> Tensor {
    let parts = split(blank, at: [1], axis: 1)
    return concatenate([parts[0], logAddExp(parts[1], added)], axis: 1)
  }
}

private func areConsistent(
  _ logits: Tensor, _ logitPaddings: Tensor, _ labels: Tensor, _ labelPaddings: Tensor
) -> Bool {
  guard isFloat("ctcLoss", "logits", logits) else { return false }
  if logits.rank == 3, labels.rank == 2, logitPaddings.shape == logits.shape[0..<2],
    labelPaddings.shape == labels.shape, labels.shape[0] == logits.shape[0]
  {
    return true
  }
  record(
    TensorError(
      "ctcLoss", .shapesDiffer,
      [
        .init("logits", logits.type), .init("logitPaddings", logitPaddings.type),
        .init("labels", labels.type), .init("labelPaddings", labelPaddings.type),
      ],
      hint: "expected [batch, frames, classes], [batch, frames], [batch, labels] twice"))
  return false
}
