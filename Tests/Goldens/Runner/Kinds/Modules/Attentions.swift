import Linen
import Tensor
import Training

/// Attention layers.
///
/// What a case does not give is taken from a layer made with the defaults.
let attentionModules: [String: ModuleBuilder] = [
  "MultiHeadDotProductAttention": { attentionRow(try attention($0)) },
  "MultiHeadAttention": { args in
    let fields = try attention(args)
    return attentionRow(MultiHeadAttention(fields.numHeads).clone { $0.take(fields) })
  },
  "SelfAttention": { args in
    let fields = try attention(args)
    return attentionRow(SelfAttention(fields.numHeads).clone { $0.take(fields) })
  },
]

extension Configuration where M: AttentionLayer {
  /// Takes over the fields of a layer of another class.
  fileprivate mutating func take(_ other: AttentionLayer) {
    self.dtype = other.dtype
    self.paramDtype = other.paramDtype
    self.qkvFeatures = other.qkvFeatures
    self.outFeatures = other.outFeatures
    self.broadcastDropout = other.broadcastDropout
    self.dropoutRate = other.dropoutRate
    self.deterministic = other.deterministic
    self.precision = other.precision
    self.kernelInit = other.kernelInit
    self.outKernelInit = other.outKernelInit
    self.biasInit = other.biasInit
    self.outBiasInit = other.outBiasInit
    self.useBias = other.useBias
    self.decode = other.decode
    self.normalizeQK = other.normalizeQK
    self.forceFp32ForSoftmax = other.forceFp32ForSoftmax
  }
}

private func attention(_ args: Arguments) throws -> MultiHeadDotProductAttention {
  let heads: Int = try args.int("num_heads")
  let defaults = MultiHeadDotProductAttention(heads)
  return MultiHeadDotProductAttention(
    heads, dtype: try args.dtype("dtype"),
    paramDtype: try args.dtype("param_dtype") ?? defaults.paramDtype,
    qkvFeatures: try args.int("qkv_features"), outFeatures: try args.int("out_features"),
    broadcastDropout: try args.bool("broadcast_dropout", defaults.broadcastDropout),
    dropoutRate: try args.double("dropout_rate", defaults.dropoutRate),
    deterministic: try args.bool("deterministic"),
    precision: try args.precision(),
    kernelInit: try args.initializer("kernel_init") ?? defaults.kernelInit,
    outKernelInit: try args.initializer("out_kernel_init"),
    biasInit: try args.initializer("bias_init") ?? defaults.biasInit,
    outBiasInit: try args.initializer("out_bias_init"),
    useBias: try args.bool("use_bias", defaults.useBias),
    decode: try args.bool("decode", defaults.decode),
    normalizeQK: try args.bool("normalize_qk", defaults.normalizeQK),
    forceFp32ForSoftmax: try args.bool(
      "force_fp32_for_softmax", defaults.forceFp32ForSoftmax))
}

private func attentionRow(_ layer: AttentionLayer) -> ModuleRow {
  ModuleRow(layer) { _, call in
    // Inputs may be given by name, and null is none.
    func input(_ index: Int, _ name: String) throws -> Tensor? {
      guard call.positional.indices.contains(index) else { return try call.named.tensor(name) }
      return call.positional[index].isNull ? nil : try call.tensor(index)
    }
    guard let query = try input(0, "inputs_q") else {
      throw GoldenError("attention without inputs")
    }
    let key: Key? = try call.named.key("dropout_rng")
    return [
      layer(
        query, try input(1, "inputs_k"), try input(2, "inputs_v"),
        mask: try call.named.tensor("mask"),
        deterministic: try call.named.bool("deterministic"), dropoutRNG: key,
        sowWeights: try call.named.bool("sow_weights", false))
    ]
  }
}
