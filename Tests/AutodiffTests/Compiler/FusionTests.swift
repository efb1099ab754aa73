import Autodiff
import Testing

/// How often compiled programs go over memory: each loop and each operation counts once.
@Suite("Fusion")
struct FusionTests {
  private let x = Tensor(ShapeDtype([64, 96]))
  private let bytes = 4 * 64 * 96

  private func expect(
    _ lowered: Lowered, passes: Int, _ location: SourceLocation = #_sourceLocation
  ) {
    #expect(
      lowered.memoryPasses == passes, "\(lowered.programDescription)", sourceLocation: location)
  }

  @Test("gelu(x @ w + b): the product and one loop")
  func geluOfAProduct() throws {
    let f = jit { (x: Tensor, w: Tensor, b: Tensor) in gelu(matmul(x, w) + b) }
    expect(
      try f.lower(x, Tensor(ShapeDtype([96, 128])), Tensor(ShapeDtype([128]))), passes: 2)
  }

  @Test("layer norm: one loop")
  func layerNorm() throws {
    let f = jit { (x: Tensor, scale: Tensor, bias: Tensor) in
      let centred = x - mean(x, axes: [-1], keepingAxes: true)
      let variance = mean(square(centred), axes: [-1], keepingAxes: true)
      return centred * rsqrt(variance + 1e-6) * scale + bias
    }
    expect(try f.lower(x, Tensor(ShapeDtype([96])), Tensor(ShapeDtype([96]))), passes: 1)
  }

  private func crossEntropy(_ logits: Tensor, _ labels: Tensor) -> Tensor {
    mean(sum(-labels * logSoftmax(logits), axes: [-1]))
  }

  @Test("softmax cross-entropy: one loop over the logits, one over their rows; its gradient: one")
  func softmaxCrossEntropy() throws {
    let lowered = try jit(crossEntropy).lower(x, x)
    expect(lowered, passes: 2)
    #expect(lowered.bytesAccessed == 2 * bytes + 2 * 4 * 64 + 4 + 8)
    let gradient = try jit(grad(crossEntropy)).lower(x, x)
    expect(gradient, passes: 1)
    #expect(gradient.bytesAccessed == 3 * bytes + 8)
  }

  @Test("an Adam update: one loop, after the scalars'")
  func adamUpdate() throws {
    let update = jit { (state: inout [String: Tensor], gradient: Tensor) -> Tensor in
      let (p, m, v): (Tensor, Tensor, Tensor) = (
        state["p"] ?? 0, state["m"] ?? 0, state["v"] ?? 0
      )
      let step: Tensor = (state["step"] ?? 0) + 1
      let newM = 0.9 * m + 0.1 * gradient
      let newV = 0.999 * v + 0.001 * square(gradient)
      let scaledM = newM / (1 - pow(Tensor(0.9), step))
      let scaledV = newV / (1 - pow(Tensor(0.999), step))
      state = [
        "p": p - 0.001 * scaledM / (sqrt(scaledV) + 1e-8), "m": newM, "v": newV, "step": step,
      ]
      return step
    }
    let lowered = try update.lower(
      ["p": x, "m": x, "v": x, "step": Tensor(ShapeDtype([]))], x)
    expect(lowered, passes: 2)
    // Reads the parameter, both moments and the gradient; writes all but the gradient.
    let scalars = lowered.bytesAccessed - 7 * bytes
    #expect(scalars > 0 && scalars < 100)
  }
}
