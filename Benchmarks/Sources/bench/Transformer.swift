import Linen
import Optimizers

/// A pre-norm block: attention, then two dense layers with gelu between them.
private final class Block: Module, @unchecked Sendable {
  let heads: Int
  let rate: Double

  init(_ heads: Int, rate: Double) {
    self.heads = heads
    self.rate = rate
    super.init()
  }

  func callAsFunction(_ x: Tensor, mask: Tensor) -> Tensor {
    compact {
      let width = x.shape[-1]
      let attention = MultiHeadDotProductAttention(heads, dropoutRate: rate, deterministic: false)
      let attended = attention(LayerNorm()(x), nil, mask: mask)
      let x = x + Dropout(rate, deterministic: false)(attended)
      let hidden = gelu(Dense(4 * width)(LayerNorm()(x)))
      return x + Dropout(rate, deterministic: false)(Dense(width)(hidden))
    }
  }
}

/// A language model: tokens `[batch, length]` to logits over the next one.
final class LanguageModel: Module, @unchecked Sendable {
  let vocabulary: Int
  let width: Int
  let heads: Int
  let layers: Int
  let length: Int
  let rate: Double

  init(
    vocabulary: Int = 256, width: Int = 256, heads: Int = 8, layers: Int = 4, length: Int = 128,
    rate: Double
  ) {
    self.vocabulary = vocabulary
    self.width = width
    self.heads = heads
    self.layers = layers
    self.length = length
    self.rate = rate
    super.init()
  }

  func callAsFunction(_ tokens: Tensor) -> Tensor {
    compact {
      let positions = param("pos", .normal(stddev: 0.02), [length, width])
      let mask = makeCausalMask(tokens)
      var x = Embed(vocabulary, width)(tokens) + positions[0..<tokens.shape[1]]
      for _ in 0..<layers { x = Block(heads, rate: rate)(x, mask: mask) }
      return Dense(vocabulary)(LayerNorm()(x))
    }
  }
}

/// Four blocks of width 256 on 16 x 128 tokens, AdamW.
func benchTransformer(_ name: String, rate: Double) throws -> Result {
  let tokens = Random.randint(Key(1), [16, 128], 0, 256)
  return try benchTraining(
    name, LanguageModel(rate: rate), Batch(x: tokens, labels: roll(tokens, by: -1, axis: 1)),
    adamw(3e-4), steps: 30
  ) { $0($1) }
}
