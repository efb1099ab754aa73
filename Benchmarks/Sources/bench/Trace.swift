import Linen
import Optimizers

/// How long a training step of a transformer of 12 layers takes to trace and to compile, in ms.
///
/// Width 256, 8 heads, 8 rows of 64 tokens; the step has the loss, its gradients and an Adam update, as
/// plain functions of a dictionary of parameters.
func benchTrace() throws -> Result {
  var result = Result("trace")
  let (layers, width) = (12, 256)
  let tokens = Random.randint(Key(1), [8, 64], 0, 1000)
  let params = parameters(layers: layers, width: width)
  let optimizer = adam(1e-3)
  let state = optimizer.initialize(params)
  func trainingStep() -> JITFunction3<
    [String: Tensor], OptimizerState, Tensor, TreePair<[String: Tensor], OptimizerState>
  > {
    jit { (params: [String: Tensor], state: OptimizerState, tokens: Tensor) in
      let gradients = try grad(params) { languageLoss($0, tokens, layers: layers) }
      let (updates, next) = optimizer.update(gradients, state, params: params)
      return (applyUpdates(params, updates), next)
    }
  }
  var (trace, compile) = (Double.infinity, Double.infinity)
  for _ in 0..<3 {
    let step = trainingStep()
    let lowered = try step.lower(params, state, tokens)
    (trace, compile) = (
      min(trace, step.cache.traceSeconds), min(compile, step.cache.compileSeconds)
    )
    result["equations"] = "\(lowered.tracedEquationCount)"
    result["simplified_equations"] = "\(lowered.equationCount)"
    result["memory_passes"] = "\(lowered.memoryPasses)"
  }
  result.add("trace_ms", trace * 1e3, digits: 1)
  result.add("compile_ms", compile * 1e3, digits: 1)
  let step = trainingStep()
  let first = try timed { _ = try step(params, state, tokens) }.seconds
  result.add("first_call_ms", first * 1e3, digits: 1)
  result.add(
    "next_call_ms",
    try nanoseconds(calls: 1, rounds: 5) { _ = try step(params, state, tokens) } / 1e6,
    digits: 1)
  return result
}

private func parameters(layers: Int, width: Int) -> [String: Tensor] {
  var shapes: [(String, Shape)] = [("embedding", [1000, width])]
  for layer in 0..<layers {
    shapes += [
      ("\(layer)/scale0", [width]), ("\(layer)/qkv", [width, 3 * width]),
      ("\(layer)/out", [width, width]), ("\(layer)/scale1", [width]),
      ("\(layer)/up", [width, 4 * width]), ("\(layer)/down", [4 * width, width]),
    ]
  }
  let keys = Key(0).split(shapes.count)
  return Dictionary(
    uniqueKeysWithValues: zip(shapes, keys).map { shape, key in
      (shape.0, Random.normal(key, shape.1) * 0.02)
    })
}

/// The cross-entropy of the next token.
private func languageLoss(_ p: [String: Tensor], _ tokens: Tensor, layers: Int) -> Tensor {
  func parameter(_ name: String) -> Tensor { p[name] ?? Tensor(0.0) }
  func normalized(_ x: Tensor, _ scale: Tensor) -> Tensor {
    let centred = x - mean(x, axes: [-1], keepingAxes: true)
    return centred * rsqrt(mean(square(centred), axes: [-1], keepingAxes: true) + 1e-6)
      * (1 + scale)
  }
  let (rows, length) = (tokens.shape[0], tokens.shape[1])
  let mask = tril(Tensor.ones([length, length])) .> 0
  var x = take(parameter("embedding"), tokens, axis: 0)
  for layer in 0..<layers {
    let h = normalized(x, parameter("\(layer)/scale0"))
    let heads = unstack(
      matmul(h, parameter("\(layer)/qkv")).reshaped(to: [rows, length, 3, 8, -1]), axis: 2)
    let (q, k, v) = (heads[0], heads[1], heads[2])
    let scores = einsum("blhd,bmhd->bhlm", q, k) / Double(q.shape[-1]).squareRoot()
    let weights = softmax(which(mask, scores, -1e9))
    let mixed = einsum("bhlm,bmhd->blhd", weights, v).reshaped(to: x.shape)
    x = x + matmul(mixed, parameter("\(layer)/out"))
    let m = normalized(x, parameter("\(layer)/scale1"))
    x = x + matmul(gelu(matmul(m, parameter("\(layer)/up"))), parameter("\(layer)/down"))
  }
  let logits = matmul(x, parameter("embedding").transposed())
  let all = slice(nil, nil)
  return mean(
    softmaxCrossEntropyWithIntegerLabels(logits[all, 0..<length - 1], tokens[all, 1..<length]))
}
