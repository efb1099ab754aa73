import Linen
import Optimizers

/// Two convolutions of 3x3 with pools of 2, a hidden layer of 256; 128 images of 28x28, SGD.
private final class CNN: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact {
      var x = avgPool(relu(Conv(32, [3, 3])(x)), [2, 2], strides: [2, 2])
      x = avgPool(relu(Conv(64, [3, 3])(x)), [2, 2], strides: [2, 2])
      x = relu(Dense(256)(x.reshaped(to: [x.shape[0], -1])))
      return Dense(10)(x)
    }
  }
}

func benchCNN() throws -> Result {
  try benchTraining(
    "cnn", CNN(),
    Batch(
      x: Random.normal(Key(1), [128, 28, 28, 1]), labels: Random.randint(Key(2), [128], 0, 10)),
    sgd(0.01, momentum: 0.9), steps: 30
  ) { $0($1) }
}
