import Linen
import Testing

// Layers on bare scopes, as those of `flax.core.nn`.

/// A linear map, `dense` of Flax's core.
func linear(
  _ scope: Scope, _ x: Tensor, _ features: Int, bias: Bool = true,
  kernelInit: Initializer = .lecunNormal()
) -> Tensor {
  let kernel = scope.param("kernel", kernelInit, [x.shape[-1], features])
  let y = matmul(x, kernel)
  return bias ? y + scope.param("bias", .zeros, [features]) : y
}

/// A convolution over the inner axes of `[batch, height, width, features]`, without bias.
func convolution(
  _ scope: Scope, _ x: Tensor, _ features: Int, _ kernelSize: [Int], strides: [Int]? = nil,
  padding: WindowPadding = .same
) -> Tensor {
  let shape = Shape(kernelSize + [x.shape[-1], features])
  let kernel = scope.param("kernel", .lecunNormal(), shape)
  return convGeneralDilated(x, kernel, strides: strides, padding: padding)
}

/// A normalization over all axes but the last, whose averages are counted on after initialization.
func batchNorm(_ scope: Scope, _ x: Tensor) -> Tensor {
  let axes = Array(0..<x.rank - 1)
  let mu = mean(x, axes: axes)
  let variance = mean(square(x), axes: axes) - square(mu)
  let isInitialized = scope.hasVariable("batch_stats", "mean")
  let averages = [
    (scope.variable("batch_stats", "mean") { zeros(like: mu) }, mu),
    (scope.variable("batch_stats", "var") { ones(like: mu) }, variance),
  ]
  if isInitialized {
    for (average, value) in averages { average.value += 0.01 * (value - average.value) }
  }
  let factor = rsqrt(variance + 1e-5) * scope.param("scale", .ones, mu.shape)
  return (x - mu) * factor + scope.param("bias", .zeros, mu.shape)
}

/// Sets elements to 0 at random.
func dropped(_ scope: Scope, _ x: Tensor, rate: Double) -> Tensor {
  let keep = Random.bernoulli(scope.makeRNG("dropout"), 1 - rate, x.shape)
  return which(keep, x / (1 - rate), zeros(like: x))
}

/// Two layers with relu between them.
func hiddenMLP(_ scope: Scope, _ x: Tensor, _ hidden: Int, _ features: Int) -> Tensor {
  let (first, second) = (scope.push("hidden"), scope.push("out"))
  return dense(second, relu(dense(first, x, hidden)), features)
}

/// Initializes a function of a scope and a tensor, and compares with a case of Flax's.
@discardableResult
func expectModel(
  _ name: String, _ x: Tensor, key: Int = 1, tolerance: Double = 1e-6,
  _ model: (Scope, Tensor) -> Tensor
) throws -> Variables {
  let (y, variables) = try Scope.initialize(Key(key)) { model($0, x) }
  try expect(variables, "core/\(name)", "vars", exactly: true)
  try expect(y, "core/\(name)", "out", tolerance: tolerance)
  return variables
}
