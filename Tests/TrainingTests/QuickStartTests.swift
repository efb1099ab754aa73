import Linen
import Optimizers
import Testing

private final class MLP: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact {
      let hidden = relu(Dense(32)(x))
      return Dense(10)(hidden)
    }
  }
}

/// The program at the head of the README.
@Suite struct QuickStartTests {
  @Test func trains() throws {
    let model = MLP()
    let x = Random.normal(Key(1), [8, 64])
    let labels = Random.randint(Key(2), [8], 0, 10)
    var params = try model.initialize(Key(0)) { $0(x) }

    var losses: [Float] = []
    let optimizer = adam(1e-3)
    var state = optimizer.initialize(params)
    for _ in 0..<100 {
      let (loss, gradients) = try valueAndGrad(params) { params in
        let logits = try model.apply(params) { $0(x) }
        return mean(softmaxCrossEntropyWithIntegerLabels(logits, labels))
      }
      let updates: Variables
      (updates, state) = optimizer.update(gradients, state, params: params)
      params = applyUpdates(params, updates)
      try losses.append(loss.item())
    }
    #expect(losses[99] < losses[0] / 10)
  }
}
