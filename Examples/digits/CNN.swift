import Linen

/// Two convolutions with pools of 2, and two dense layers; images `[batch, side, side, 1]` give
/// logits `[batch, 10]`.
final class CNN: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor, train: Bool) -> Tensor {
    compact {
      var x = avgPool(relu(Conv(32, [3, 3])(x)), [2, 2], strides: [2, 2])
      x = avgPool(relu(Conv(64, [3, 3])(x)), [2, 2], strides: [2, 2])
      x = relu(Dense(256)(x.reshaped(to: [x.shape[0], -1])))
      x = Dropout(0.25, deterministic: !train)(x)
      return Dense(10)(x)
    }
  }
}
