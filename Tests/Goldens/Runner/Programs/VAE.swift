import Autodiff
import Linen

private final class VAE: Module, @unchecked Sendable {
  @Setup var hidden: Dense
  @Setup var mean: Dense
  @Setup var logvar: Dense
  @Setup var decoder: Sequential

  override func setup() {
    hidden = Dense(6)
    mean = Dense(2)
    logvar = Dense(2)
    decoder = Sequential([.layer(Dense(6)), .function { relu($0) }, .layer(Dense(8))])
  }

  func encode(_ x: Tensor) -> (mean: Tensor, logvar: Tensor) {
    method(x) { x in
      let h = relu(hidden(x))
      return (mean(h), logvar(h))
    }
  }

  func generate(_ z: Tensor) -> Tensor { method(z) { sigmoid(decoder($0)) } }

  func callAsFunction(_ x: Tensor) -> [Tensor] {
    method(x) { x in
      let (mean, logvar) = encode(x)
      let noise = Random.normal(makeRNG("latent"), logvar.shape)
      return [decoder(mean + noise * exp(0.5 * logvar)), mean, logvar]
    }
  }
}

/// A VAE: setup, several methods, noise from makeRNG.
func vae(_ run: ProgramRun) throws {
  let x = try run.input("x")
  let model = VAE()
  let start: RNGs = ["params": run.key(0), "latent": run.key(1)]
  let variables = try model.initialize(start) { $0(x) }
  let latent: RNGs = ["latent": run.key(2)]
  func loss(_ variables: Variables) throws -> Tensor {
    let outputs = try model.apply(variables, rngs: latent) { $0(x) }
    let (logits, mean, logvar) = (outputs[0], outputs[1], outputs[2])
    let entropy = -sum(x * logSigmoid(logits) + (1 - x) * logSigmoid(-logits))
    return entropy - 0.5 * sum(1 + logvar - square(mean) - exp(logvar))
  }
  run.give("vars", variables)
  run.give("out", list: try model.apply(variables, rngs: latent) { $0(x) })
  run.give("out_generate", try model.apply(variables) { $0.generate(Tensor.ones([1, 2])) })
  run.give("out_loss", try loss(variables))
  run.give("grad", try grad(loss)(variables))
}
