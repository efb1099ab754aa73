import Linen
import Tensor
import Training

/// Functions that layers are made of, by their names in Flax.
let layerFunctions: [String: FunctionRow] = [
  "make_attention_mask": { call in
    try call.expect(2)
    return [
      makeAttentionMask(
        try call.tensor(0), try call.tensor(1), pairwise: try pairwise(call.named),
        extraBatchDims: try call.named.int("extra_batch_dims", 0),
        dtype: try call.named.dtype("dtype") ?? .float32)
    ]
  },
  "make_causal_mask": { call in
    try call.expect(1)
    return [
      makeCausalMask(
        try call.tensor(0), extraBatchDims: try call.named.int("extra_batch_dims", 0),
        dtype: try call.named.dtype("dtype") ?? .float32)
    ]
  },
  "combine_masks": { call in
    let masks: [Tensor?] = try call.positional.indices.map {
      call.positional[$0].isNull ? nil : try call.tensor($0)
    }
    let mask = combineMasks(masks, dtype: try call.named.dtype("dtype") ?? .float32)
    return mask.map { [$0] } ?? []
  },
  "dot_product_attention": { call in
    try call.expect(3)
    return [dotProductAttention(try attentionInputs(call, value: try call.tensor(2)))]
  },
  "dot_product_attention_weights": { call in
    try call.expect(2)
    return [dotProductAttentionWeights(try attentionInputs(call, value: try call.tensor(1)))]
  },
  "flip_sequences": { call in
    let lengths = call.positional.count > 1 ? try call.tensor(1) : nil
    return [
      flipSequences(
        try call.tensor(0), lengths, batchCount: try call.named.int("num_batch_dims", 1),
        timeMajor: try call.named.bool("time_major", false))
    ]
  },
  "BatchApply": { call in
    try call.expect(1)
    let function = try goldenFunction(call.named.json("f") ?? .null, call.named.values)
    let apply = BatchApply(numDims: try call.named.int("num_dims", 2)) { (x: Tensor) in
      function(x)
    }
    return [apply(try call.tensor(0))]
  },
]

private func pairwise(_ args: Arguments) throws -> (Tensor, Tensor) -> Tensor {
  switch args.given("pairwise_fn")?["function"]?.text {
  case nil, "multiply": return { $0 * $1 }
  case "add": return { $0 + $1 }
  case let name?: throw NotBuilt("pairwise_fn \(name)")
  }
}

private func attentionInputs(_ call: Call, value: Tensor) throws -> AttentionInputs {
  var inputs = AttentionInputs(query: try call.tensor(0), key: try call.tensor(1), value: value)
  inputs.bias = try call.named.tensor("bias")
  inputs.mask = try call.named.tensor("mask")
  inputs.broadcastDropout = try call.named.bool("broadcast_dropout", true)
  inputs.dropoutRNG = try call.named.key("dropout_rng")
  inputs.dropoutRate = try call.named.double("dropout_rate", 0)
  inputs.deterministic = try call.named.bool("deterministic", false)
  inputs.dtype = try call.named.dtype("dtype")
  inputs.precision = try call.named.precision()
  inputs.forceFp32ForSoftmax = try call.named.bool("force_fp32_for_softmax", false)
  return inputs
}
