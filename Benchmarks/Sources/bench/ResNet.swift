import Linen
import Optimizers

/// Two convolutions of 3x3 beside a shortcut, which is projected where the shapes differ.
private final class ResidualBlock: Module, @unchecked Sendable {
  let features: Int
  let stride: Int

  init(_ features: Int, stride: Int) {
    self.features = features
    self.stride = stride
    super.init()
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    compact {
      func norm(_ x: Tensor) -> Tensor { BatchNorm(useRunningAverage: false, momentum: 0.9)(x) }
      let hidden = relu(norm(Conv(features, [3, 3], strides: PerAxis(stride), useBias: false)(x)))
      let y = norm(Conv(features, [3, 3], useBias: false)(hidden))
      let shortcut =
        x.shape == y.shape
        ? x : norm(Conv(features, [1, 1], strides: PerAxis(stride), useBias: false)(x))
      return relu(shortcut + y)
    }
  }
}

/// A stem of 3x3 and four stages of two blocks, 64 to 512 features wide.
private final class ResNet18: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact {
      let stem = Conv(64, [3, 3], useBias: false)(x)
      var x = relu(BatchNorm(useRunningAverage: false, momentum: 0.9)(stem))
      for (stage, features) in [64, 128, 256, 512].enumerated() {
        for block in 0..<2 {
          x = ResidualBlock(features, stride: stage > 0 && block == 0 ? 2 : 1)(x)
        }
      }
      return Dense(10)(mean(x, axes: [1, 2]))
    }
  }
}

/// 32 images of 32x32, SGD with momentum.
func benchResNet() throws -> Result {
  try benchTraining(
    "resnet18", ResNet18(),
    Batch(x: Random.normal(Key(1), [32, 32, 32, 3]), labels: Random.randint(Key(2), [32], 0, 10)),
    sgd(0.1, momentum: 0.9), steps: 8
  ) { $0($1) }
}
