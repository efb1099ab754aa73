import Linen

/// What modules add to the operations of a transformer of 12 layers, eager, in microseconds.
///
/// `apply_us` is `apply` of a model so narrow that its arithmetic hardly counts, `plain_us` the same
/// operations as functions of an array of parameters, and `overhead_us` the difference.
func benchApply() throws -> Result {
  var result = Result("apply")
  let model = Tower(layers: 12)
  let x = Random.normal(Key(1), [1, 4, 16])
  let variables = try model.initialize(Key(0)) { $0(x) }
  let layers = (0..<12).map { PlainLayer(variables["params"]["Layer_\($0)"]) }
  func plain(_ x: Tensor) -> Tensor { layers.reduce(x) { $1($0) } }

  let difference = abs(try model.apply(variables) { $0(x) } - plain(x))
  result.add("largest_difference", Double(try max(difference).item(as: Float.self)))
  // In turns, so that whatever else the machine does meets both alike.
  var (apply, functions) = (Double.infinity, Double.infinity)
  for _ in 0..<1000 {
    apply = min(
      apply,
      try nanoseconds(calls: 1, rounds: 1) { _ = try model.apply(variables) { $0(x) } } / 1e3)
    functions = min(functions, nanoseconds(calls: 1, rounds: 1) { _ = plain(x) } / 1e3)
  }
  result.add("apply_us", apply, digits: 1)
  result.add("plain_us", functions, digits: 1)
  result.add("overhead_us", apply - functions, digits: 1)
  return result
}

/// A pre-norm layer: attention, then two dense layers with gelu between them.
private final class Layer: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      let y = x + MultiHeadDotProductAttention(2)(LayerNorm()(x))
      let hidden = gelu(Dense(4 * x.shape[-1])(LayerNorm()(y)))
      return y + Dense(x.shape[-1])(hidden)
    }
  }
}

private final class Tower: Module, @unchecked Sendable {
  let layers: Int

  init(layers: Int) {
    self.layers = layers
    super.init()
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in (0..<layers).reduce(x) { x, _ in Layer()(x) } }
  }
}

/// The operations of a layer, one after the other.
private struct PlainLayer {
  let norms: [(scale: Tensor, bias: Tensor)]
  let projections: [(kernel: Tensor, bias: Tensor)]
  let out: (kernel: Tensor, bias: Tensor)
  let dense: [(kernel: Tensor, bias: Tensor)]

  init(_ variables: Variables) {
    func parameter(_ part: Variables, _ name: String) -> Tensor {
      part[name].tensor ?? Tensor(0.0)
    }
    func kernel(_ part: Variables) -> (kernel: Tensor, bias: Tensor) {
      (parameter(part, "kernel"), parameter(part, "bias"))
    }
    norms = (0..<2).map { index in
      let part = variables["LayerNorm_\(index)"]
      return (parameter(part, "scale"), parameter(part, "bias"))
    }
    let attention = variables["MultiHeadDotProductAttention_0"]
    projections = ["query", "key", "value"].map { kernel(attention[$0]) }
    out = kernel(attention["out"])
    dense = (0..<2).map { kernel(variables["Dense_\($0)"]) }
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    let normalized = normalize(x, norms[0])
    let inputs = projections.map { projection in
      tensordot(normalized, projection.kernel, axes: ([2], [0]))
        + projection.bias
    }
    let attended = tensordot(
      dotProductAttention(inputs[0], inputs[1], inputs[2]), out.kernel, axes: ([2, 3], [0, 1]))
    let y = x + (attended + out.bias)
    let hidden = matmul(normalize(y, norms[1]), dense[0].kernel) + dense[0].bias
    return y + (matmul(gelu(hidden), dense[1].kernel) + dense[1].bias)
  }

  private func normalize(_ x: Tensor, _ norm: (scale: Tensor, bias: Tensor)) -> Tensor {
    let mean = mean(x, axes: [2])
    let variance = maximum(0.0, Linen.mean(square(x), axes: [2]) - square(mean))
    let factor = rsqrt(expandDims(variance, axes: [2]) + 1e-6)
    return (x - expandDims(mean, axes: [2])) * (factor * norm.scale) + norm.bias
  }
}
