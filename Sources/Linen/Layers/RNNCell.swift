/// A step of a recurrent network: from a carry and an input to a new carry and an output.
///
///     let cell = GRUCell(64)
///     let carry = cell.initializeCarry(key, [batch, features])
///     let (next, y) = try cell.apply(variables) { $0(carry, x) }
///
/// ``RNN`` runs a cell over a sequence. Mirrors `flax.linen.RNNCellBase`.
public protocol RNNCell: Module {
  /// What is passed from step to step: a tensor, or a tree of them.
  associatedtype Carry: TensorTree & Sendable

  /// Takes one step.
  func callAsFunction(_ carry: Carry, _ inputs: Tensor) -> (carry: Carry, output: Tensor)

  /// Makes the first carry for inputs of a shape; it needs no variables.
  func initializeCarry(_ key: Key, _ inputShape: Shape) -> Carry

  /// The number of axes of an input that are not of the batch.
  var numFeatureAxes: Int { get }
}

extension RNNCell {
  /// One: the features.
  public var numFeatureAxes: Int { 1 }
}

/// The carry of an LSTM: its memory and its last output.
public struct LSTMCarry: TensorTree, Sendable {
  /// The memory.
  public var c: Tensor
  /// The last output.
  public var h: Tensor

  /// Creates a carry.
  public init(c: Tensor, h: Tensor) {
    self.c = c
    self.h = h
  }

  /// Presents the memory, then the output, as the parts of a tuple.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit(.index(0), &c)
    visitor.visit(.index(1), &h)
  }

  /// Makes both parts, of one shape, from the two halves of a key.
  static func initial(
    _ key: Key, _ shape: Shape, _ dtype: DType, _ initializer: Initializer
  ) -> LSTMCarry {
    let keys = key.split()
    return LSTMCarry(c: initializer(keys[0], shape, dtype), h: initializer(keys[1], shape, dtype))
  }
}

/// What the linear maps of a recurrent cell have in common.
struct CellLayers {
  let features: Int
  let dtype: DType?
  let paramDtype: DType

  /// A linear map under a name.
  func dense(
    _ name: String, useBias: Bool, _ kernelInit: Initializer, _ biasInit: Initializer = .zeros
  ) -> Dense {
    Dense(
      features, useBias: useBias, dtype: dtype, paramDtype: paramDtype, kernelInit: kernelInit,
      biasInit: biasInit, name: name)
  }
}

extension Shape {
  /// The shape of a carry for inputs of this shape: the batch, then the cell's features.
  func carryShape(features: Int) -> Shape { Shape(dimensions.dropLast() + [features]) }
}
