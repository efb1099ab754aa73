import Linen
import Tensor
import Training

/// Functions that layers are made of, by their names in Flax.
let layerFunctions: [String: FunctionRow] = [
  "make_attention_mask": { call in
    try call.expect(2)
    return [
      makeAttentionMask(
        try call.tensor(0), try call.tensor(1),
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
    try call.expect(2)
    let mask = combineMasks(
      try call.tensor(0), try call.tensor(1), dtype: try call.named.dtype("dtype") ?? .float32)
    return mask.map { [$0] } ?? []
  },
  "dot_product_attention": { call in
    try call.expect(3)
    var inputs = AttentionInputs(
      query: try call.tensor(0), key: try call.tensor(1), value: try call.tensor(2))
    inputs.bias = try call.named.tensor("bias")
    inputs.mask = try call.named.tensor("mask")
    inputs.broadcastDropout = try call.named.bool("broadcast_dropout", true)
    inputs.dropoutRNG = try call.named.key("dropout_rng")
    inputs.dropoutRate = try call.named.double("dropout_rate", 0)
    inputs.deterministic = try call.named.bool("deterministic", false)
    inputs.dtype = try call.named.dtype("dtype")
    return [dotProductAttention(inputs)]
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
    guard let function = call.named.json("f"), let name = function["activation"]?.text,
      let row = activations[name]
    else { throw NotBuilt("BatchApply of another function") }
    let values = call.named.values
    let apply = BatchApply(numDims: try call.named.int("num_dims", 2)) { (x: Tensor) in
      var values = values
      values.replacements["input"] = x
      let inner = Call(
        positional: [.object([.init("tensor", .string("input"))])],
        named: Arguments(function["args"], values))
      return (try? row(inner))?.first ?? x
    }
    return [apply(try call.tensor(0))]
  },
]
