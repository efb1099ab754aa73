import Autodiff
import Linen
import Optimizers
import Training

private final class MLP: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      let h = relu(Dense(8)(x))
      return Dense(3)(h)
    }
  }
}

/// TrainState: ten steps of Adam on a small MLP.
func trainMLP(_ run: ProgramRun) throws {
  let (x, labels) = (try run.input("x"), try run.input("labels"))
  let model = MLP()
  let variables = try model.initialize(run.key(0)) { $0(x) }
  var state = TrainState.create(variables, optimizer: adam(0.05))
  var losses: [Tensor] = []
  for _ in 0..<10 {
    let (loss, gradients) = try valueAndGrad(state.params) { params in
      let logits = try model.apply(["params": params]) { $0(x) }
      return mean(softmaxCrossEntropyWithIntegerLabels(logits, labels))
    }
    losses.append(loss)
    state = state.applyGradients(gradients)
  }
  run.give("vars", variables)
  run.give("out_losses", stack(losses))
  run.give("out_params", state.params)
  run.give(value: "step", .integer(try state.step.item()))
}
