import Linen

private final class Block: Module, @unchecked Sendable {
  let decode: Bool

  init(decode: Bool) {
    self.decode = decode
    super.init()
  }

  func callAsFunction(_ x: Tensor, _ mask: Tensor?) -> Tensor {
    compact(x, mask) { x, mask in
      let h = LayerNorm()(x)
      let attention = MultiHeadDotProductAttention(2, decode: decode, name: "attn")
      let x = x + attention(h, nil, mask: mask)
      let hidden = Dense(8)(LayerNorm()(x))
      return x + Dense(4)(gelu(hidden))
    }
  }
}

private final class Decoder: Module, @unchecked Sendable {
  let decode: Bool

  init(decode: Bool = false) {
    self.decode = decode
    super.init()
  }

  func callAsFunction(_ tokens: Tensor) -> Tensor {
    compact(tokens) { tokens in
      let mask = decode ? nil : makeCausalMask(tokens)
      var x = Embed(7, 4)(tokens)
      for _ in 0..<2 { x = Block(decode: decode)(x, mask) }
      return Dense(7, name: "logits")(x)
    }
  }
}

/// A tiny causal transformer: the whole sequence at once, and token by token with the cache.
func transformerDecode(_ run: ProgramRun) throws {
  let tokens = try run.input("tokens")
  let key = run.key(0)
  let (full, step) = (Decoder(), Decoder(decode: true))
  let variables = try full.initialize(key) { $0(tokens) }
  let params: Variables = variables["params"]
  var cache: Variables = try step.initialize(key) { $0(tokens) }["cache"]
  var outputs: [Tensor] = []
  for t in 0..<tokens.shape[1] {
    let (y, updates) = try step.apply(["params": params, "cache": cache], mutable: ["cache"]) {
      $0(tokens[0..., t..<t + 1])
    }
    cache = updates["cache"]
    outputs.append(y)
  }
  run.give("vars", variables)
  run.give("out", try full.apply(variables) { $0(tokens) })
  run.give("out_steps", concatenate(outputs, axis: 1))
  run.give("upd", ["cache": cache] as Variables)
}
