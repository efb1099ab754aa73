import Linen
import Optimizers

private final class CNN: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor, train: Bool) -> Tensor {
    compact(x, train) { x, train in
      var x = Conv(4, [3, 3])(x)
      x = BatchNorm(useRunningAverage: !train, momentum: 0.9)(x)
      x = maxPool(relu(x), [2, 2], strides: [2, 2])
      x = x.reshaped(to: [x.shape[0], -1])
      x = Dropout(0.25, deterministic: !train)(x)
      return Dense(3)(x)
    }
  }
}

/// A small CNN with BatchNorm and Dropout: three steps of SGD, the statistics changing with them,
/// then evaluation.
func trainCNNBatchNorm(_ run: ProgramRun) throws {
  let (x, labels) = (try run.input("x"), try run.input("labels"))
  let (model, optimizer) = (CNN(), sgd(0.1, momentum: 0.9))
  let variables = try model.initialize(run.key(0)) { $0(x, train: false) }
  var (params, statistics): (Variables, Variables) = (variables["params"], variables["batch_stats"])
  var state = optimizer.initialize(params)
  var losses: [Tensor] = []
  for step in 0..<3 {
    let (loss, updated, gradients) = try valueAndGrad(params) { params in
      let (logits, updates) = try model.apply(
        ["params": params, "batch_stats": statistics],
        rngs: ["dropout": run.key(1).foldIn(step)], mutable: ["batch_stats"]
      ) { $0(x, train: true) }
      let loss = mean(softmaxCrossEntropyWithIntegerLabels(logits, labels))
      return (loss, updates["batch_stats"] as Variables)
    }
    statistics = updated
    let changes: Variables
    (changes, state) = optimizer.update(gradients, state, params: params)
    params = applyUpdates(params, changes)
    losses.append(loss)
  }
  let final: Variables = ["params": params, "batch_stats": statistics]
  run.give("vars", variables)
  run.give("out_losses", stack(losses))
  run.give("out_variables", final)
  run.give("out_eval", try model.apply(final) { $0(x, train: false) })
}
