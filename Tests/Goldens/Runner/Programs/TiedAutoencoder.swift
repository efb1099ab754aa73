import Linen

private final class Tied: Module, @unchecked Sendable {
  @Setup var encoder: Dense
  @Setup var bias: Tensor

  override func setup() {
    encoder = Dense(3)
    bias = param("bias", .zeros, [6])
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    method(x) { x in
      let z = tanh(encoder(x))
      let kernel: Tensor = encoder.variables["params"]["kernel"]
      return matmul(z, kernel.transposed()) + bias
    }
  }
}

private final class LanguageModel: Module, @unchecked Sendable {
  func callAsFunction(_ tokens: Tensor) -> Tensor {
    compact(tokens) { tokens in
      let embed = Embed(9, 4, name: "embed")
      let h = Dense(4)(LayerNorm()(embed(tokens)))
      return embed.attend(h)
    }
  }
}

/// Weight sharing by hand: a transposed kernel, and Embed.attend as the last layer.
func tiedAutoencoder(_ run: ProgramRun) throws {
  let (x, tokens) = (try run.input("x"), try run.input("tokens"))
  let (tied, model) = (Tied(), LanguageModel())
  let ofTied = try tied.initialize(run.key(0)) { $0(x) }
  let ofModel = try model.initialize(run.key(0)) { $0(tokens) }
  run.give("vars_tied", ofTied)
  run.give("out_tied", try tied.apply(ofTied) { $0(x) })
  run.give("grad_tied", try grad(ofTied) { mean(square(try tied.apply($0) { $0(x) } - x)) })
  run.give("vars_lm", ofModel)
  run.give("out_lm", try model.apply(ofModel) { $0(tokens) })
  run.give(
    "grad_lm",
    try grad(ofModel) { variables in
      -mean(logSoftmax(try model.apply(variables) { $0(tokens) })[TensorIndex.ellipsis, 0])
    })
}
