import Linen

/// A decoder of characters: tokens `[batch, length]` give logits of the next, `[batch, length, size]`.
///
/// With `decode` it takes one token at a time, and keeps what it needs of those before in `cache`.
final class Transformer: Module, @unchecked Sendable {
  private let vocabulary: Int
  private let features: Int
  private let layers: Int
  private let heads: Int
  private let maxLength: Int
  private let decode: Bool

  init(
    vocabulary: Int, features: Int = 64, layers: Int = 2, heads: Int = 4, maxLength: Int,
    decode: Bool = false
  ) {
    self.vocabulary = vocabulary
    self.features = features
    self.layers = layers
    self.heads = heads
    self.maxLength = maxLength
    self.decode = decode
    super.init()
  }

  func callAsFunction(_ tokens: Tensor) -> Tensor {
    compact(tokens) { tokens in
      let embed = Embed(vocabulary, features, name: "embed")
      var x = embed(tokens) + positions(tokens.shape[1])
      let mask = decode ? nil : makeCausalMask(tokens)
      for index in 0..<layers {
        x = Block(heads: heads, decode: decode, name: "block_\(index)")(x, mask: mask)
      }
      return embed.attend(LayerNorm(name: "norm")(x))
    }
  }

  /// The vectors of the places of these tokens.
  private func positions(_ length: Int) -> Tensor {
    let all = param("positions", .normal(stddev: 0.02), [maxLength, features])
    guard decode else { return split(all, at: [length])[0] }
    let isInitialized = hasVariable("cache", "place")
    let place = variable("cache", "place") { Tensor(0, dtype: .int32) }
    guard isInitialized else { return split(all, at: [length])[0] }
    defer { place.value = place.value + 1 }
    return dynamicSlice(all, start: place.value, size: 1)
  }
}

/// Attention to what came before, then a dense layer at each place.
private final class Block: Module, @unchecked Sendable {
  private let heads: Int
  private let decode: Bool

  init(heads: Int, decode: Bool, name: String) {
    self.heads = heads
    self.decode = decode
    super.init(name: name)
  }

  func callAsFunction(_ x: Tensor, mask: Tensor?) -> Tensor {
    compact(x) { x in
      let attention = MultiHeadDotProductAttention(heads, decode: decode, name: "attention")
      let x = x + attention(LayerNorm(name: "attention_norm")(x), nil, mask: mask)
      let hidden = gelu(Dense(4 * x.shape[-1], name: "up")(LayerNorm(name: "dense_norm")(x)))
      return x + Dense(x.shape[-1], name: "down")(hidden)
    }
  }
}
