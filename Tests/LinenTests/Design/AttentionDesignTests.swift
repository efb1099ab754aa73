import Linen
import Testing

/// Attention of one head to all positions; `weights` makes probabilities of scores.
private func attend(
  _ scope: Scope, _ query: Tensor, _ keyValue: Tensor, features: Int, outFeatures: Int,
  _ weights: (Scope, Tensor) -> Tensor
) -> Tensor {
  func projected(_ name: String, _ x: Tensor) -> Tensor {
    linear(scope.push(name), x, features, bias: false)
  }
  let (q, k, v) = (
    projected("query", query), projected("key", keyValue), projected("value", keyValue)
  )
  let y = matmul(weights(scope, matmul(q, k.transposed())), v)
  return linear(scope.push("out"), y, outFeatures)
}

private func softmaxWithDropout(_ scope: Scope, _ scores: Tensor) -> Tensor {
  dropped(scope, exp(scores - logSumExp(scores, axes: [-1], keepingAxes: true)), rate: 0.1)
}

/// Heads by one vmap, whose parameters differ, inside of one over the batch, whose are the same.
private func multiHeadAttention(
  _ scope: Scope, _ query: Tensor, _ keyValue: Tensor, heads: Int, broadcastDropout: Bool
) -> Tensor {
  let features = query.shape[-1]
  let overHeads = vmap(
    variableAxes: ["params": 0], splitRNGs: ["params": true, "dropout": !broadcastDropout],
    inAxes: nil, outAxes: -2, axisSize: heads)
  let overBatch = vmap(
    variableAxes: ["params": nil], splitRNGs: ["params": false, "dropout": !broadcastDropout])
  let y = overBatch(scope, query, keyValue) { scope, query, keyValue in
    overHeads(scope, query, keyValue) { scope, query, keyValue in
      attend(
        scope, query, keyValue, features: features / heads, outFeatures: features,
        softmaxWithDropout)
    }
  }
  return mean(y, axes: [-2])
}

@Suite("Attention on a bare scope") struct AttentionDesignTests {
  @Test(arguments: [("own_masks", false), ("one_mask", true)])
  func attentionOfHeads(_ name: String, _ broadcastDropout: Bool) throws {
    let x = Random.normal(Key(20), [2, 7, 16])
    func model(_ scope: Scope) -> Tensor {
      multiHeadAttention(scope, x, x, heads: 2, broadcastDropout: broadcastDropout)
    }
    let initialize = jit { (key: Key) in
      try Scope.initialize(["params": key, "dropout": Key(1)] as RNGs) { model($0) }.variables
    }
    let variables = try initialize(Key(0))
    #expect(
      variables.shapesDescription
        == "{'params': {'key': {'kernel': (2, 16, 8)}, 'out': {'bias': (2, 16), "
        + "'kernel': (2, 8, 16)}, 'query': {'kernel': (2, 16, 8)}, 'value': {'kernel': (2, 16, 8)}}}"
    )
    try expect(variables, "core/attention_\(name)", "vars", exactly: true)
    let y = try Scope.apply(variables, rngs: ["dropout": Key(2)] as RNGs) { model($0) }.output
    #expect(y.shape == [2, 7, 16])
    try expect(y, "core/attention_\(name)", "out")
  }
}
