/// Attention with several heads, each with its own projections of queries, keys and values.
///
///     let attention = MultiHeadDotProductAttention(8)
///     let y = attention(x)                                   // self-attention
///     let z = attention(x, memory, mask: mask)               // keys and values from elsewhere
///
/// `[batch..., length, features]` to `[batch..., length, outFeatures]`, where each head computes
/// `softmax(q k' / sqrt(depth)) v` of its own `depth = qkvFeatures / heads` features. A mask is
/// true where to look, not where to look away. Parameters: `query`, `key`, `value` (kernels
/// `[features, heads, depth]`) and `out` (`[heads, depth, outFeatures]`); with `normalizeQK` also
/// `query_ln` and `key_ln`. "Attention Is All You Need", https://arxiv.org/abs/1706.03762
///
/// With `decode`, keys and values are kept in the collection `cache`: initialize with an input of full
/// length, then call with one position at a time. Mirrors
/// `flax.linen.MultiHeadDotProductAttention`.
public final class MultiHeadDotProductAttention: AttentionLayer, @unchecked Sendable {}

/// ``MultiHeadDotProductAttention`` under a shorter name, which automatic names show.
public final class MultiHeadAttention: AttentionLayer, @unchecked Sendable {}

/// ``MultiHeadDotProductAttention`` of one input, under the name that it had in older programs.
public final class SelfAttention: AttentionLayer, @unchecked Sendable {}

extension MultiHeadDotProductAttention: Configurable {
  /// Makes a layer of a configuration.
  public convenience init(
    _ configuration: Configuration<MultiHeadDotProductAttention>, name: String?
  ) {
    self.init(of: configuration, name: name)
  }
}

extension MultiHeadAttention: Configurable {
  /// Makes a layer of a configuration.
  public convenience init(_ configuration: Configuration<MultiHeadAttention>, name: String?) {
    self.init(of: configuration, name: name)
  }
}

extension SelfAttention: Configurable {
  /// Makes a layer of a configuration.
  public convenience init(_ configuration: Configuration<SelfAttention>, name: String?) {
    self.init(of: configuration, name: name)
  }
}
