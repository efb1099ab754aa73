import Tensor

/// Scales the gradients of each example down to a norm, and sums them over the examples.
///
/// Mirrors `optax.per_example_global_norm_clip`: gradients `[examples, ...]` give their sum `[...]`,
/// and the number of examples that were clipped. Records an error unless all have an axis of examples
/// of one size. https://arxiv.org/abs/1607.00133
public func perExampleGlobalNormClip<Gradients: TensorTree>(
  _ gradients: Gradients, l2NormClip: any Hyperparameter
) -> (sum: Gradients, clippedCount: Tensor) {
  let leaves = treeLeaves(gradients)
  guard haveExamples("perExampleGlobalNormClip", leaves) else { return (gradients, 0) }
  let squares = leaves.map { sum(square($0), axes: Array(1..<$0.rank)) }
  let norms = sqrt(squares.dropFirst().reduce(squares[0], +))
  // A gradient of zero divided by its norm is no number; it need not be scaled.
  let ratio = minimum(l2NormClip.coefficient.tensor / norms, 1.0)
  let factors = which(isNaN(ratio), 1.0, ratio)
  let clipped = treeMap(gradients) { tensordot(factors.cast(to: $0.dtype), $0, count: 1) }
  return (clipped, sum(factors .< 1))
}

/// Scales the gradients of each example down tensor by tensor, and sums them over the examples.
///
/// Mirrors `optax.per_example_layer_norm_clip`: gradients `[examples, ...]` give their sum `[...]`,
/// and the number of examples clipped of each tensor. The norm is shared out evenly, or by the
/// tensors' sizes if not `uniform`. https://arxiv.org/abs/1710.06963
public func perExampleLayerNormClip<Gradients: TensorTree>(
  _ gradients: Gradients, globalL2NormClip: any Hyperparameter, uniform: Bool = true
) -> (sum: Gradients, clippedCounts: Gradients) {
  let leaves = treeLeaves(gradients)
  guard haveExamples("perExampleLayerNormClip", leaves) else { return (gradients, gradients) }
  let sizes = leaves.map { $0.elementCount / Swift.max($0.shape[0], 1) }
  let total = sizes.reduce(0, +)
  let limit = globalL2NormClip.coefficient
  let results = zip(leaves, sizes).map { leaf, size in
    let share = uniform ? 1 / Double(leaves.count) : Double(size) / Double(total)
    return perExampleGlobalNormClip(leaf, l2NormClip: limit * Tensor(share.squareRoot()))
  }
  return (
    treeReplacingLeaves(gradients, results.map(\.sum)),
    treeReplacingLeaves(gradients, results.map(\.clippedCount))
  )
}

private func haveExamples(_ name: String, _ leaves: [Tensor]) -> Bool {
  guard let first = leaves.first else { return false }
  guard let wrong = leaves.first(where: { $0.rank == 0 || $0.shape[0] != first.shape[0] }) else {
    return first.rank > 0
  }
  record(
    TensorError(
      name, .sizesDiffer(what: "numbers of examples"),
      [.init("first", first.type), .init("other", wrong.type)],
      hint: "give a gradient for each example, as vmap of grad does"))
  return false
}
