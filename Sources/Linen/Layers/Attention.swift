/// What attention is computed from, as a layer hands it to its attention function.
public struct AttentionInputs: Sendable {
  /// The queries: `[batch..., queries, heads, depth]`.
  public var query: Tensor
  /// The keys: `[batch..., keys, heads, depth]`.
  public var key: Tensor
  /// The values: `[batch..., keys, heads, value depth]`.
  public var value: Tensor
  /// What is added to the logits; broadcasts to `[batch..., heads, queries, keys]`.
  public var bias: Tensor?
  /// Where attention may look; broadcasts to `[batch..., heads, queries, keys]`.
  public var mask: Tensor?
  /// Whether one dropout mask serves the batch and all heads.
  public var broadcastDropout = true
  /// The key of dropout.
  public var dropoutRNG: Key?
  /// The probability that a weight is dropped.
  public var dropoutRate = 0.0
  /// Whether dropout is off.
  public var deterministic = false
  /// The dtype to compute in; nil for that of the promoted operands.
  public var dtype: DType?
  /// How exactly products are computed; see ``Precision``.
  public var precision: Precision?
  /// Keeps the weights as `attention_weights` in the collection `intermediates`.
  public var module: Module?
  /// Whether the softmax is computed in float32.
  public var forceFp32ForSoftmax = false
  /// Multiplies in the place of the usual product in both einsums; nil for that.
  public var einsumDotGeneral: DotGeneralFunction?
  /// Computes the logits from queries and keys in the place of ``einsum(_:_:)``; nil for that.
  public var qkAttnWeightsEinsum: EinsumFunction?
  /// Computes the means from weights and values in the place of ``einsum(_:_:)``; nil for that.
  public var attnWeightsValueEinsum: EinsumFunction?

  /// Creates the inputs of an attention without mask and dropout.
  public init(query: Tensor, key: Tensor, value: Tensor) {
    self.query = query
    self.key = key
    self.value = value
  }
}

/// Computes attention: for each query a mean of the values, weighted by how well their keys fit.
///
/// `softmax(q k^T / sqrt(depth)) v`, in shapes `[batch..., length, heads, depth]`. Positions where
/// the mask is false get the lowest logit, so that a query for which it is false everywhere weighs
/// all values alike. Records an error if the shapes don't fit, or if one of the two einsum
/// functions is given without the other, or both with `precision` or `einsumDotGeneral`. "Attention
/// Is All You Need", https://arxiv.org/abs/1706.03762 Mirrors `flax.linen.dot_product_attention`.
public func dotProductAttention(_ inputs: AttentionInputs) -> Tensor {
  guard inputs.hasValidEinsums else { return inputs.query }
  let dtype = canonicalizeDType(inputs.query, inputs.key, inputs.value, dtype: inputs.dtype)
  var inputs = inputs
  inputs.query = inputs.query.cast(to: dtype)
  inputs.key = inputs.key.cast(to: dtype)
  inputs.dtype = dtype
  let value = inputs.value.cast(to: dtype)
  if let text = mismatch(inputs.query, inputs.key, value) {
    refuse(text, inputs)
    return inputs.query
  }
  return inputs.means(dotProductAttentionWeights(inputs), value)
}

extension AttentionInputs {
  /// The logits, `...qhd,...khd->...hqk`.
  fileprivate func logits(_ query: Tensor, _ key: Tensor) -> Tensor {
    if isInjected {
      return einsum(qkAttnWeightsEinsum, "...qhd,...khd->...hqk", query, key)
    }
    let rank = query.rank
    let batch = Array(0..<rank - 3) + [rank - 2]
    return dotGeneral(query, key, contracting: ([rank - 1], [rank - 1]), batch: (batch, batch))
  }

  /// The means of the values, `...hqk,...khd->...qhd`.
  fileprivate func means(_ weights: Tensor, _ value: Tensor) -> Tensor {
    let rank = value.rank
    guard !isInjected, weights.rank == rank else {
      return einsum(attnWeightsValueEinsum, "...hqk,...khd->...qhd", weights, value)
    }
    let batch = Array(0..<rank - 3)
    let means = dotGeneral(
      weights, value, contracting: ([rank - 1], [rank - 3]),
      batch: (batch + [rank - 3], batch + [rank - 2]))
    return means.transposed(batch + [rank - 2, rank - 3, rank - 1])
  }

  /// Whether something else is to multiply than the usual product; reading an equation takes longer
  /// than multiplying small matrices.
  private var isInjected: Bool {
    qkAttnWeightsEinsum != nil || attnWeightsValueEinsum != nil || einsumDotGeneral != nil
  }

  /// Evaluates an einsum in the way that was asked for.
  private func einsum(
    _ given: EinsumFunction?, _ equation: String, _ lhs: Tensor, _ rhs: Tensor
  ) -> Tensor {
    if let given { return given(equation, lhs, rhs, precision) }
    guard let einsumDotGeneral else { return Tensor::einsum(equation, lhs, rhs) }
    return Tensor::einsum(equation, [lhs, rhs]) {
      einsumDotGeneral($0, $1, DotDimensionNumbers(contracting: $2, batch: $3), precision)
    }
  }

  /// Whether the functions that were given go together; records an error if not.
  fileprivate var hasValidEinsums: Bool {
    let hasLogits = qkAttnWeightsEinsum != nil
    let hasMeans = attnWeightsValueEinsum != nil
    if hasLogits != hasMeans {
      refuse(
        "qk_attn_weights_einsum and attn_weights_value_einsum must be specified together.", self)
      return false
    }
    if hasLogits, precision != nil || einsumDotGeneral != nil {
      refuse(
        "precision/einsum_dot_general and qk_attn_weights_einsum/attn_weights_value_einsum are "
          + "mutually exclusive. Please specify only one of them.", self)
      return false
    }
    return true
  }
}

/// Computes attention from queries, keys and values, with an optional bias and mask.
public func dotProductAttention(
  _ query: Tensor, _ key: Tensor, _ value: Tensor, bias: Tensor? = nil, mask: Tensor? = nil,
  dtype: DType? = nil
) -> Tensor {
  var inputs = AttentionInputs(query: query, key: key, value: value)
  inputs.bias = bias
  inputs.mask = mask
  inputs.dtype = dtype
  return dotProductAttention(inputs)
}

/// Computes the weights of attention, `[batch..., heads, queries, keys]`, after dropout.
///
/// Records an error if the shapes don't fit. Mirrors `flax.linen.dot_product_attention_weights`.
public func dotProductAttentionWeights(_ inputs: AttentionInputs) -> Tensor {
  let (query, key) = promoteDType(inputs.query, inputs.key, dtype: inputs.dtype)
  let dtype = query.dtype
  if let text = mismatch(query, key) {
    refuse(text, inputs)
    return query
  }
  let depth = sqrt(Tensor(Double(query.shape[-1]), dtype: .defaultFloat)).cast(to: dtype)
  var logits = inputs.logits(query / depth, key)
  if let bias = inputs.bias { logits = logits + bias }
  if let mask = inputs.mask {
    logits = which(mask, logits, Tensor(-dtype.largestFinite, dtype: dtype))
  }
  let isWide = inputs.forceFp32ForSoftmax && dtype != .float32
  var weights = isWide ? softmax(logits.cast(to: .float32)) : softmax(logits).cast(to: dtype)
  inputs.module?.sow("intermediates", "attention_weights", weights)
  if !inputs.deterministic, inputs.dropoutRate > 0 {
    weights = weights * dropoutMultiplier(inputs, weights, dtype)
  }
  return weights
}

/// What does not fit of queries, keys and values.
private func mismatch(_ query: Tensor, _ key: Tensor, _ value: Tensor) -> String? {
  let (q, k, v) = (query.shape.dimensions, key.shape.dimensions, value.shape.dimensions)
  guard v.count == k.count, v.count == q.count else { return "q, k, v must have same rank." }
  guard v.count >= 3, v.dropLast(3) == k.dropLast(3) else {
    return "q, k, v batch dims must match."
  }
  guard v[v.count - 2] == k[k.count - 2] else { return "q, k, v num_heads must match." }
  guard v[v.count - 3] == k[k.count - 3] else { return "k, v lengths must match." }
  return nil
}

/// What does not fit of queries and keys.
private func mismatch(_ query: Tensor, _ key: Tensor) -> String? {
  let (q, k) = (query.shape.dimensions, key.shape.dimensions)
  guard q.count == k.count, q.count >= 3 else { return "q, k must have same rank." }
  guard q.dropLast(3) == k.dropLast(3) else { return "q, k batch dims must match." }
  guard q[q.count - 2] == k[k.count - 2] else { return "q, k num_heads must match." }
  guard q[q.count - 1] == k[k.count - 1] else { return "q, k depths must match." }
  return nil
}

/// 1 / (1 - rate) where a weight is kept, 0 elsewhere.
private func dropoutMultiplier(
  _ inputs: AttentionInputs, _ weights: Tensor, _ dtype: DType
) -> Tensor {
  guard let key = inputs.dropoutRNG else {
    refuse("dropout needs a key: pass dropoutRNG.", inputs)
    return Tensor.ones([], dtype: dtype)
  }
  var sizes = weights.shape.dimensions
  if inputs.broadcastDropout {
    for axis in 0..<(inputs.key.rank - 2) { sizes[axis] = 1 }
  }
  let keep = Random.bernoulli(key, 1 - inputs.dropoutRate, Shape(sizes))
  return keep.cast(to: dtype) / Tensor(1 - inputs.dropoutRate, dtype: dtype)
}

private func refuse(_ text: String, _ inputs: AttentionInputs) {
  record(
    TensorError(
      "dotProductAttention", .other(text),
      [
        .init("query", inputs.query.type), .init("key", inputs.key.type),
        .init("value", inputs.value.type),
      ]))
}
