import Linen
import Optimizers
import Training

/// Times the training of a model on one batch: its variables, the first step and `steps` more.
///
/// The step is compiled: forward pass, cross-entropy, gradients and the optimizer's update.
func benchTraining<M: Module>(
  _ name: String, _ model: M, _ x: Tensor, _ labels: Tensor, _ optimizer: GradientTransformation,
  steps: Int, _ forward: @escaping (M, Tensor) -> Tensor
) throws -> Result {
  let initial = try timed { try model.initialize(Key(0)) { forward($0, x) } }
  var state = TrainState.create(initial.value, optimizer: optimizer)
  let step = jit { (state: TrainState, x: Tensor, labels: Tensor) in
    try state.minimizing { variables in
      let (logits, updates) = try model.apply(variables, mutable: .deny("params")) {
        forward($0, x)
      }
      return Loss(
        mean(softmaxCrossEntropyWithIntegerLabels(logits, labels)), collections: updates)
    }
  }
  var losses: [Double] = []
  func takeStep() throws {
    let result = try step(state, x, labels)
    state = result.state
    losses.append(try result.metrics["loss"]?.item() ?? .nan)
  }
  let first = try timed(takeStep).seconds
  let times = try (0..<steps).map { _ in try timed(takeStep).seconds }.sorted()

  var result = Result(name)
  result.add("init_s", initial.seconds)
  result.add("first_step_s", first)
  result.add("step_ms_min", times[0] * 1e3)
  result.add("step_ms_median", times[times.count / 2] * 1e3)
  result.add("loss0", losses[0], digits: 6)
  result.add("lossN", losses[steps], digits: 6)
  result.add("peak_rss_mb", Double(peakMemory()), digits: 0)
  return result
}
