import CKernelProbe
import Linen
import Optimizers

/// An update of 163 million parameters by AdamW, as a share of what the memory lets through.
///
/// The parameters have the shapes of GPT-2, with a head of its own. An update reads parameters,
/// gradients and both moments and writes all but the gradients; a copy of as many bytes, in the same
/// run and by as many threads, tells how fast that could go.
func benchOptimizer() throws -> Result {
  var result = Result("optimizer")
  let params = shapes().map { Tensor.full($0, 0.02) }
  let gradients = shapes().map { Tensor.full($0, 0.001) }
  let count = params.reduce(0) { $0 + $1.elementCount }
  let optimizer = adamw(1e-3, weightDecay: 0.01)
  let update = jit { (state: inout UpdateState, gradients: [Tensor]) in
    let (updates, next) = optimizer.update(gradients, state.optState, params: state.params)
    state.params = applyUpdates(state.params, updates)
    state.optState = next
    return EmptyTree()
  }
  var state = UpdateState(params: params, optState: optimizer.initialize(params))
  let lowered = try update.lower(state, gradients)
  result.add("parameters", Double(count), digits: 0)
  result.add("tensors", Double(params.count), digits: 0)
  result.add("memory_passes", Double(lowered.memoryPasses), digits: 0)
  result.add("gb_accessed", Double(lowered.bytesAccessed) / 1e9, digits: 2)

  // The first update copies, as others hold the parameters; the later ones work in place.
  _ = try update(&state, gradients)
  let best = try nanoseconds(calls: 1, rounds: 7) { _ = try update(&state, gradients) } / 1e9
  // What an update must read and write: 4 and 3 floats for each parameter.
  let bytes = Double(count) * 7 * 4
  result.add("update_ms", best * 1e3)
  result.add("update_gb_per_s", bytes / best / 1e9, digits: 2)
  let copy = copyRate()
  result.add("copy_gb_per_s", copy, digits: 2)
  result.add("share_of_bandwidth", bytes / best / 1e9 / copy)
  result.add("peak_mib", Double(peakMemory()), digits: 0)
  return result
}

/// Parameters and what the optimizer remembers.
private struct UpdateState: TensorTree {
  var params: [Tensor]
  var optState: OptimizerState

  mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit(.field("params"), &params)
    visitor.visit(.field("opt_state"), &optState)
  }
}

/// The parameters of GPT-2 with 12 layers of 768 features, and a head: 163,037,184 numbers.
private func shapes() -> [Shape] {
  let (features, vocabulary, length) = (768, 50_257, 1024)
  let layer: [Shape] = [
    [features], [features], [features, 3 * features], [3 * features], [features, features],
    [features], [features], [features], [features, 4 * features], [4 * features],
    [4 * features, features], [features],
  ]
  let ends: [Shape] = [
    [vocabulary, features], [length, features], [features], [features], [features, vocabulary],
  ]
  return ends + (0..<12).flatMap { _ in layer }
}

/// Gigabytes that the fastest copy of memory on all threads reads and writes in a second.
private func copyRate() -> Double {
  let count = 64 << 20
  let seconds = (0..<7).map { _ in probe_copy(count, 1) }.min() ?? .infinity
  return Double(2 * 4 * count) / seconds / 1e9
}
