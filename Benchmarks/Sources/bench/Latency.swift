import Linen

/// Dense layers of 32, 32 and 1 with relu.
private final class TinyMLP: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact { Dense(1)(relu(Dense(32)(relu(Dense(32)(x))))) }
  }
}

/// What one `apply` of a tiny network on a 1x8 input takes, in microseconds: compiled and eager.
func benchLatency() throws -> Result {
  let model = TinyMLP()
  let x = Tensor.ones([1, 8])
  let variables = try model.initialize(Key(0)) { $0(x) }
  let compiled = jit { (variables: Variables, x: Tensor) in try model.apply(variables) { $0(x) } }
  _ = try compiled(variables, x)
  var result = Result("latency_tiny_mlp")
  result.add("jit_us", try nanoseconds(calls: 2000) { _ = try compiled(variables, x) } / 1e3)
  result.add(
    "eager_us",
    try nanoseconds(calls: 500) { _ = try model.apply(variables) { $0(x) } } / 1e3)
  result.add("peak_rss_mb", Double(peakMemory()), digits: 0)
  return result
}
