import Linen
import Optimizers

/// The last output of an LSTM of width 256, then a dense layer.
private final class LSTMClassifier: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact { Dense(10)(RNN(OptimizedLSTMCell(256))(x)[0..., -1]) }
  }
}

/// 32 sequences of 64 steps of 64 features, Adam.
func benchLSTM() throws -> Result {
  try benchTraining(
    "lstm", LSTMClassifier(),
    Batch(x: Random.normal(Key(1), [32, 64, 64]), labels: Random.randint(Key(2), [32], 0, 10)),
    adam(1e-3), steps: 30
  ) { $0($1) }
}
