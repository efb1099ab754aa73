import Linen
import Optimizers

/// 784-512-512-10 with relu, batch 128, Adam.
private final class MLP: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact {
      let x = relu(Dense(512)(x))
      return Dense(10)(relu(Dense(512)(x)))
    }
  }
}

func benchMLP() throws -> Result {
  try benchTraining(
    "mlp", MLP(),
    Batch(
      x: Random.normal(Key(1), [128, 784]), labels: Random.randint(Key(2), [128], 0, 10)),
    adam(1e-3), steps: 200
  ) { $0($1) }
}
