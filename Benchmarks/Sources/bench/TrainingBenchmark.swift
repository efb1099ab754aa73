import Linen
import Optimizers
import Training

/// What one step of training is given besides the state.
struct Batch: TensorTree {
  var x: Tensor
  var labels: Tensor
  /// The key of the dropout masks.
  var key = Key(7)

  mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit(.field("x"), &x)
    visitor.visit(.field("labels"), &labels)
    visitor.visit(.field("key"), &key)
  }
}

/// Times the training of a model on one batch: its variables, the first step and `steps` more.
///
/// The step is compiled: forward pass, cross-entropy, gradients and the optimizer's update, which
/// takes the memory of the old parameters.
func benchTraining<M: Module>(
  _ name: String, _ model: M, _ batch: Batch, _ optimizer: GradientTransformation, steps: Int,
  _ forward: @escaping (M, Tensor) -> Tensor
) throws -> Result {
  let initial = try timed {
    try model.initialize(["params": Key(0), "dropout": Key(1)]) { forward($0, batch.x) }
  }
  var state = TrainState.create(initial.value, optimizer: optimizer)
  let step = jit { (state: inout TrainState, batch: Batch) in
    let taken = try state.minimizing { variables in
      let (logits, updates) = try model.apply(
        variables, rngs: ["dropout": batch.key], mutable: .deny("params")
      ) { forward($0, batch.x) }
      return Loss(
        mean(softmaxCrossEntropyWithIntegerLabels(logits, batch.labels)), collections: updates)
    }
    state = taken.state
    return taken.metrics
  }
  var losses: [Double] = []
  func takeStep() throws {
    losses.append(try step(&state, batch)["loss"]?.item() ?? .nan)
  }
  let first = try timed(takeStep).seconds
  let times = try (0..<steps).map { _ in try timed(takeStep).seconds }.sorted()

  if showsProfile { print(try step.profile(state, batch)) }
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
