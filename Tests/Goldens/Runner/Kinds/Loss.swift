import Optimizers
import Tensor
import Training

/// The losses by their names in optax.losses.
let losses: [String: FunctionRow] = classification.merging(others) { $1 }

private let classification: [String: FunctionRow] = [
  "softmax_cross_entropy": { call in
    let (logits, labels) = try pair(call)
    let mask = try call.named.tensor("where")
    guard let axes = try call.named.ints("axis") else {
      return [softmaxCrossEntropy(logits, labels, where: mask)]
    }
    return [softmaxCrossEntropy(logits, labels, axes: axes, where: mask)]
  },
  "softmax_cross_entropy_with_integer_labels": { call in
    let (logits, labels) = try pair(call)
    let mask = try call.named.tensor("where")
    guard let axes = try call.named.ints("axis") else {
      return [softmaxCrossEntropyWithIntegerLabels(logits, labels, where: mask)]
    }
    return [softmaxCrossEntropyWithIntegerLabels(logits, labels, axes: axes, where: mask)]
  },
  "safe_softmax_cross_entropy": binary(safeSoftmaxCrossEntropy),
  "poly_loss_cross_entropy": { call in
    let (logits, labels) = try pair(call)
    return [
      polyLossCrossEntropy(
        logits, labels, epsilon: try call.named.double("epsilon", 2),
        axes: try call.named.ints("axis") ?? [-1], where: try call.named.tensor("where"))
    ]
  },
  "sigmoid_binary_cross_entropy": binary(sigmoidBinaryCrossEntropy),
  "sigmoid_focal_loss": { call in
    let (logits, labels) = try pair(call)
    return [
      sigmoidFocalLoss(
        logits, labels, alpha: try call.named.double("alpha") as Double?,
        gamma: try call.named.double("gamma", 2))
    ]
  },
  "hinge_loss": binary(hingeLoss),
  "perceptron_loss": binary(perceptronLoss),
  "sparsemax_loss": binary(sparsemaxLoss),
  "multiclass_hinge_loss": binary(multiclassHingeLoss),
  "multiclass_perceptron_loss": binary(multiclassPerceptronLoss),
  "multiclass_sparsemax_loss": binary(multiclassSparsemaxLoss),
  "smooth_labels": { call in
    let alpha =
      call.positional.count > 1 ? call.positional[1].double : try call.named.double("alpha")
    guard let alpha else { throw GoldenError("argument alpha is missing") }
    return [
      smoothLabels(
        try call.tensor(0), alpha: alpha, axes: try call.named.ints("axis") ?? [-1],
        where: try call.named.tensor("where"))
    ]
  },
  "kl_divergence": divergence { klDivergence($0, $1, axes: $2, where: $3) },
  "kl_divergence_with_log_targets": divergence {
    klDivergenceWithLogTargets($0, $1, axes: $2, where: $3)
  },
  "generalized_kl_divergence": divergence {
    generalizedKLDivergence($0, $1, axes: $2, where: $3)
  },
  "convex_kl_divergence": divergence { generalizedKLDivergence($0, $1, axes: $2, where: $3) },
  "ctc_loss": { call in [try ctc(call).loss] },
  "ctc_loss_with_forward_probs": { call in
    let result = try ctc(call)
    return [result.loss, result.blank, result.label]
  },
]

private let others: [String: FunctionRow] = [
  "l2_loss": { call in
    [l2Loss(try call.tensor(0), call.positional.count > 1 ? try call.tensor(1) : nil)]
  },
  "squared_error": { call in
    [squaredError(try call.tensor(0), call.positional.count > 1 ? try call.tensor(1) : nil)]
  },
  "huber_loss": { call in
    let targets = call.positional.count > 1 ? try call.tensor(1) : nil
    guard let delta = try call.named.double("delta") as Double? else {
      return [huberLoss(try call.tensor(0), targets)]
    }
    return [huberLoss(try call.tensor(0), targets, delta: delta)]
  },
  "log_cosh": { call in
    [logCosh(try call.tensor(0), call.positional.count > 1 ? try call.tensor(1) : nil)]
  },
  "cosine_similarity": { call in
    let (predictions, targets) = try pair(call)
    return [
      cosineSimilarity(
        predictions, targets, epsilon: try call.named.double("epsilon", 0),
        axes: try call.named.ints("axis") ?? [-1], where: try call.named.tensor("where"))
    ]
  },
  "cosine_distance": { call in
    let (predictions, targets) = try pair(call)
    return [
      cosineDistance(
        predictions, targets, epsilon: try call.named.double("epsilon", 0),
        axes: try call.named.ints("axis") ?? [-1], where: try call.named.tensor("where"))
    ]
  },
  "triplet_margin_loss": { call in
    try call.expect(3)
    return [
      tripletMarginLoss(
        try call.tensor(0), try call.tensor(1), try call.tensor(2),
        axes: try call.named.ints("axis") ?? [-1],
        normDegree: try call.named.int("norm_degree", 2),
        margin: try call.named.double("margin", 1), eps: try call.named.double("eps", 1e-6))
    ]
  },
  "ntxent": { call in
    let (embeddings, labels) = try pair(call)
    return [ntxent(embeddings, labels, temperature: try call.named.double("temperature", 0.07))]
  },
  "ranking_softmax_loss": { call in
    let (logits, labels) = try pair(call)
    return [
      rankingSoftmaxLoss(
        logits, labels, where: try call.named.tensor("where"),
        weights: try call.named.tensor("weights"))
    ]
  },
  "dice_loss": { call in
    let (predictions, targets) = try pair(call)
    let reduction = try call.named.text("reduction") as String? ?? "mean"
    return [
      diceLoss(
        predictions, targets, classWeights: try call.named.tensor("class_weights"),
        smooth: try call.named.double("smooth", 1), alpha: try call.named.double("alpha", 0.5),
        beta: try call.named.double("beta", 0.5),
        applySoftmax: try call.named.bool("apply_softmax", true),
        reduction: reduction == "mean" ? .mean : reduction == "sum" ? .sum : .none,
        ignoreBackground: try call.named.bool("ignore_background", false),
        axes: try call.named.ints("axis"))
    ]
  },
  "binary_dice_loss": { call in
    let (predictions, targets) = try pair(call)
    return [
      binaryDiceLoss(
        predictions, targets, smooth: try call.named.double("smooth", 1),
        applySigmoid: try call.named.bool("apply_sigmoid", true))
    ]
  },
  "multiclass_generalized_dice_loss": { call in
    let (predictions, targets) = try pair(call)
    return [
      multiclassGeneralizedDiceLoss(
        predictions, targets, smooth: try call.named.double("smooth", 1),
        applySoftmax: try call.named.bool("apply_softmax", true),
        ignoreBackground: try call.named.bool("ignore_background", false))
    ]
  },
]

private func pair(_ call: Call) throws -> (Tensor, Tensor) {
  try call.expect(2)
  return (try call.tensor(0), try call.tensor(1))
}

/// Makes a row of a function of two tensors without further arguments.
private func binary(_ function: @escaping @Sendable (Tensor, Tensor) -> Tensor) -> FunctionRow {
  { call in
    let (a, b) = try pair(call)
    return [function(a, b)]
  }
}

private func divergence(
  _ function: @escaping @Sendable (Tensor, Tensor, [Int], Tensor?) -> Tensor
) -> FunctionRow {
  { call in
    let (predictions, targets) = try pair(call)
    let axes = try call.named.ints("axis") ?? [-1]
    return [function(predictions, targets, axes, try call.named.tensor("where"))]
  }
}

private func ctc(_ call: Call) throws -> (loss: Tensor, blank: Tensor, label: Tensor) {
  try call.expect(4)
  return ctcLossWithForwardProbabilities(
    try call.tensor(0), try call.tensor(1), try call.tensor(2), try call.tensor(3),
    blankID: try call.named.int("blank_id", 0),
    logEpsilon: try call.named.double("log_epsilon", -1e5))
}
