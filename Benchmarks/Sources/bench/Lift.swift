import CKernelProbe
import Linen

/// A transformer's layer: attention and two dense layers, each on normalized inputs.
private final class Layer: Module, UnaryLayer, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      let y = x + MultiHeadDotProductAttention(4)(LayerNorm()(x))
      let hidden = gelu(Dense(4 * x.shape[-1])(LayerNorm()(y)))
      return y + Dense(x.shape[-1])(hidden)
    }
  }
}

/// What tracing and compiling a training step of deep transformers takes, and how much memory its run.
///
/// `prepare_ms_L` is the first call of a step of L layers by scan and remat, less a later call, on
/// an input so small that the calls themselves hardly count; `prepare_ratio` that of 24 layers by that
/// of one. `peak_MiB` and `peak_remat_MiB` are what a step of 24 layers needs beyond its arguments.
func benchLift() throws -> Result {
  var result = Result("lift")
  let (small, x) = (Random.normal(Key(1), [1, 4, 16]), Random.normal(Key(1), [8, 64, 128]))
  func checkpointed() -> Lifted<Layer, Checkpoint> { remat { Layer() } }
  func loop<M: Module>(_ length: Int, _ make: () -> M) -> Lifted<M, Scan> {
    scan(variableAxes: ["params": 0], splitRNGs: ["params": true], length: length, make)
  }
  var prepare: [Int: Double] = [:]
  for length in [1, 24] {
    var best = Double.infinity
    for _ in 0..<5 {
      let measured = try measure(loop(length) { checkpointed() }, small) { model, x in model(x) }
      best = min(best, measured.prepare)
    }
    prepare[length] = best
    result.add("prepare_ms_\(length)", best * 1e3, digits: 1)
  }
  result.add("prepare_ratio", (prepare[24] ?? .nan) / (prepare[1] ?? .nan))
  let plain = try measure(loop(24) { Layer() }, x) { model, x in model(x) }
  let saving = try measure(loop(24) { checkpointed() }, x) { model, x in model(x) }
  result.add("peak_MiB", plain.peak, digits: 1)
  result.add("peak_remat_MiB", saving.peak, digits: 1)
  result.add("peak_ratio", plain.peak / saving.peak)
  result.add("step_ms", plain.run * 1e3, digits: 1)
  result.add("step_remat_ms", saving.run * 1e3, digits: 1)
  return result
}

/// The seconds to prepare and to run a training step of a model, and the MiB that a run needs.
private func measure<M: Module>(
  _ model: M, _ x: Tensor, _ call: @escaping (M, Tensor) -> Tensor
) throws -> (prepare: Double, run: Double, peak: Double) {
  let variables = try model.initialize(Key(0)) { call($0, x) }
  let step = jit { (variables: Variables, x: Tensor) in
    try grad(variables) { variables in
      mean(square(try model.apply(variables) { call($0, x) }))
    }
  }
  let first = try timed { try step(variables, x) }.seconds
  var run = Double.infinity
  var peak = 0
  for _ in 0..<3 {
    probe_reset_peak()
    let before = probe_live_bytes()
    run = min(run, try timed { try step(variables, x) }.seconds)
    peak = probe_peak_bytes() - before
  }
  return (first - run, run, Double(peak) / Double(1 << 20))
}
