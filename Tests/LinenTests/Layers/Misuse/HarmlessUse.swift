import Linen
import Testing

/// A use of a layer that looks wrong and is not, with the shape and dtype that Flax gives.
struct HarmlessUse: Sendable, CustomTestStringConvertible {
  let name: String
  let shape: Shape
  let dtype: DType
  let run: @Sendable () throws -> Tensor

  init(
    _ name: String, _ shape: Shape, _ dtype: DType = .float32,
    _ run: @escaping @Sendable () throws -> Tensor
  ) {
    self.name = name
    self.shape = shape
    self.dtype = dtype
    self.run = run
  }

  init(
    _ name: String, _ shape: Shape, _ dtype: DType = .float32, _ layer: some UnaryLayer,
    _ x: Tensor
  ) {
    self.init(name, shape, dtype) { try layer.initializeWithOutput(Key(0)) { $0(x) }.0 }
  }

  var testDescription: String { name }

  static let all = [
    HarmlessUse("Dense of an empty batch", [0, 2], .float32, Dense(2), filled(0, 3)),
    HarmlessUse("Dense of integers", [2, 2], .float32, Dense(2), filled(2, 3, dtype: .int32)),
    HarmlessUse("Dense of truth values", [2, 2], .float32, Dense(2), filled(2, 3, dtype: .bool)),
    HarmlessUse(
      "Conv of a window larger than the input", [1, 0, 4], .float32, Conv(4, [5], padding: .valid),
      filled(1, 3, 2)),
    HarmlessUse(
      "Conv of a large window, same", [1, 3, 4], .float32, Conv(4, [5]), filled(1, 3, 2)),
    HarmlessUse("Conv of an empty batch", [0, 5, 4], .float32, Conv(4, [3]), filled(0, 5, 2)),
    HarmlessUse(
      "Conv of integers", [1, 5, 4], .float32, Conv(4, [3]), filled(1, 5, 2, dtype: .int32)),
    HarmlessUse(
      "Conv of negative padding", [1, 1, 4], .float32, Conv(4, [3], padding: -1), filled(1, 5, 2)),
    HarmlessUse(
      "Conv, reflecting more than once", [1, 2, 4], .float32, Conv(4, [9], padding: .reflect),
      filled(1, 2, 2)),
    HarmlessUse(
      "BatchNorm of an empty batch", [0, 3], .float32, BatchNorm(useRunningAverage: false),
      filled(0, 3)),
    HarmlessUse(
      "LayerNorm of integers", [2, 3], .float32, LayerNorm(), filled(2, 3, dtype: .int32)),
    HarmlessUse("GroupNorm of a vector", [3], .float32, GroupNorm(1), filled(3)),
    HarmlessUse(
      "attention of an empty batch", [0, 3, 4], .float32, MultiHeadDotProductAttention(2),
      filled(0, 3, 4)),
    HarmlessUse(
      "attention of no positions", [2, 0, 4], .float32, MultiHeadDotProductAttention(2),
      filled(2, 0, 4)),
    HarmlessUse("attention to keys of another width", [2, 3, 4]) {
      try MultiHeadDotProductAttention(2).initializeWithOutput(Key(0)) {
        $0(filled(2, 3, 4), filled(2, 5, 7))
      }.0
    },
    HarmlessUse("RNN of no steps", [2, 0, 3], .float32, RNN(LSTMCell(3)), filled(2, 0, 4)),
    HarmlessUse("RNN with a carry of another size", [2, 3, 4]) {
      try RNN(GRUCell(3)).initializeWithOutput(Key(0)) {
        $0(filled(2, 3, 4), initialCarry: filled(2, 4))
      }.0
    },
    HarmlessUse(
      "RNN of a cell of half precision", [2, 3, 3], .float32, RNN(GRUCell(3, dtype: .bfloat16)),
      filled(2, 3, 4)),
    HarmlessUse("maxPool of a window larger than the input", [1, 0, 0, 1]) {
      try withErrors { maxPool(filled(1, 2, 2, 1), [3, 3]) }
    },
    HarmlessUse("avgPool of integers", [1, 3, 3, 1]) {
      try withErrors { avgPool(filled(1, 4, 4, 1, dtype: .int32), [2, 2]) }
    },
    HarmlessUse("maxPool of integers", [1, 3, 3, 1], .int32) {
      try withErrors { maxPool(filled(1, 4, 4, 1, dtype: .int32), [2, 2]) }
    },
    HarmlessUse("PReLU of integers", [2], .int32, PReLU(), filled(2, dtype: .int32)),
  ]
}
