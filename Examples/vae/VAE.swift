import Linen

/// A variational autoencoder: images `[batch, pixels]` to a few latent numbers and back.
///
/// https://arxiv.org/abs/1312.6114
final class VAE: Module, @unchecked Sendable {
  private let pixels: Int
  private let latents: Int
  @Setup var encoder: Encoder
  @Setup var decoder: Sequential

  init(pixels: Int, latents: Int) {
    self.pixels = pixels
    self.latents = latents
    super.init()
  }

  override func setup() {
    encoder = Encoder(latents)
    decoder = Sequential([
      .layer(Dense(256)), .function { relu($0) }, .layer(Dense(pixels)),
    ])
  }

  /// Logits of the pixels, from a latent code drawn near that of the image.
  func callAsFunction(_ x: Tensor) -> Reconstruction {
    method(x) { x in
      let code = encoder(x)
      let noise = Random.normal(makeRNG("latent"), code.mean.shape)
      let logits = decoder(code.mean + noise * exp(0.5 * code.logVariance))
      return Reconstruction(logits: logits, code: code)
    }
  }

  /// Images from latent codes `[batch, latents]`.
  func generate(_ code: Tensor) -> Tensor { method(code) { sigmoid(decoder($0)) } }
}

/// The mean and the logarithm of the variance of each latent number.
struct LatentCode: TensorTree {
  var mean: Tensor
  var logVariance: Tensor

  mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit(.field("mean"), &mean)
    visitor.visit(.field("logVariance"), &logVariance)
  }

  /// How far the codes are from a normal distribution, `[batch]`.
  var divergence: Tensor {
    -0.5 * sum(1 + logVariance - square(mean) - exp(logVariance), axes: [-1])
  }
}

/// What the network makes of images.
struct Reconstruction: TensorTree {
  var logits: Tensor
  var code: LatentCode

  mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit(.field("logits"), &logits)
    visitor.visit(.field("code"), &code)
  }
}

/// Images `[batch, pixels]` to their codes.
final class Encoder: Module, @unchecked Sendable {
  private let latents: Int

  init(_ latents: Int) {
    self.latents = latents
    super.init()
  }

  func callAsFunction(_ x: Tensor) -> LatentCode {
    compact(x) { x in
      let hidden = relu(Dense(256, name: "fc1")(x))
      return LatentCode(
        mean: Dense(latents, name: "fc2_mean")(hidden),
        logVariance: Dense(latents, name: "fc2_logvar")(hidden))
    }
  }
}
