import Optimizers
import Tensor
import Training

/// The losses by their names in optax.losses.
let losses: [String: FunctionRow] = [
  "softmax_cross_entropy": { call in
    let (logits, labels) = try pair(call)
    guard let axis = try call.named.int("axis") as Int? else {
      return [softmaxCrossEntropy(logits, labels)]
    }
    return [softmaxCrossEntropy(logits, labels, axis: axis)]
  },
  "softmax_cross_entropy_with_integer_labels": { call in
    let (logits, labels) = try pair(call)
    return [softmaxCrossEntropyWithIntegerLabels(logits, labels)]
  },
  "safe_softmax_cross_entropy": binary(safeSoftmaxCrossEntropy),
  "sigmoid_binary_cross_entropy": binary(sigmoidBinaryCrossEntropy),
  "l2_loss": { call in
    [l2Loss(try call.tensor(0), call.positional.count > 1 ? try call.tensor(1) : nil)]
  },
  "squared_error": { call in
    [squaredError(try call.tensor(0), call.positional.count > 1 ? try call.tensor(1) : nil)]
  },
  "huber_loss": { call in
    let (predictions, targets) = try pair(call)
    guard let delta = try call.named.double("delta") as Double? else {
      return [huberLoss(predictions, targets)]
    }
    return [huberLoss(predictions, targets, delta: delta)]
  },
  "log_cosh": binary { logCosh($0, $1) },
  "cosine_similarity": { call in
    let (predictions, targets) = try pair(call)
    guard let epsilon = try call.named.double("epsilon") as Double? else {
      return [cosineSimilarity(predictions, targets)]
    }
    return [cosineSimilarity(predictions, targets, epsilon: epsilon)]
  },
  "cosine_distance": { call in
    let (predictions, targets) = try pair(call)
    guard let epsilon = try call.named.double("epsilon") as Double? else {
      return [cosineDistance(predictions, targets)]
    }
    return [cosineDistance(predictions, targets, epsilon: epsilon)]
  },
  "hinge_loss": binary(hingeLoss),
  "kl_divergence": binary { klDivergence($0, $1) },
  "kl_divergence_with_log_targets": binary { klDivergenceWithLogTargets($0, $1) },
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
