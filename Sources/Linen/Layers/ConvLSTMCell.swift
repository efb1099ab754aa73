/// A step of a long short-term memory whose linear maps are convolutions, for sequences of images.
///
///     i, g, f, o = ih * x + hh * h           c' = sigmoid(f + 1) c + sigmoid(i) tanh(g)
///                                            h' = sigmoid(o) tanh(c')
///
/// For inputs `[batch..., spatial..., channels]`; the carry is c and h, `[batch..., spatial...,
/// features]`. Parameters: convolutions `ih` and `hh` to four times the features. The gates are in
/// the order i, g, f, o, and 1 is added to f, so that little is forgotten in the beginning. Strides
/// other than 1 change the size, which then no longer fits the carry. "Convolutional LSTM Network:
/// A Machine Learning Approach for Precipitation Nowcasting", https://arxiv.org/abs/1506.04214
/// Mirrors `flax.linen.ConvLSTMCell`.
public final class ConvLSTMCell: Module, RNNCell, @unchecked Sendable {
  /// The number of kernels: the size of the last axis of the output.
  public let features: Int
  /// The sizes of the window.
  public let kernelSize: [Int]
  /// The steps of the window.
  public let strides: PerAxis?
  /// What is added around the input.
  public let padding: Padding
  /// Whether to add biases.
  public let useBias: Bool
  /// The dtype to compute in; nil for that of the promoted operands.
  public let dtype: DType?
  /// The dtype of new parameters.
  public let paramDtype: DType
  /// Makes the first carry.
  public let carryInit: Initializer

  /// Makes a cell with `features` kernels of a window.
  public init(
    _ features: Int, _ kernelSize: [Int], strides: PerAxis? = nil, padding: Padding = .same,
    useBias: Bool = true, dtype: DType? = nil, paramDtype: DType = .float32,
    carryInit: Initializer = .zeros, name: String? = nil
  ) {
    self.features = features
    self.kernelSize = kernelSize
    self.strides = strides
    self.padding = padding
    self.useBias = useBias
    self.dtype = dtype
    self.paramDtype = paramDtype
    self.carryInit = carryInit
    super.init(name: name)
  }

  /// Takes one step; inputs are `[batch..., spatial..., channels]`.
  public func callAsFunction(
    _ carry: LSTMCarry, _ inputs: Tensor
  ) -> (carry: LSTMCarry, output: Tensor) {
    compact(carry, inputs) { carry, inputs in
      func convolution(_ name: String) -> Conv {
        Conv(
          4 * features, kernelSize, strides: strides ?? 1, padding: padding, useBias: useBias,
          dtype: dtype, paramDtype: paramDtype, name: name)
      }
      let fromInput = convolution("ih")(inputs)
      let gates = split(fromInput + convolution("hh")(carry.h), into: 4, axis: -1)
      let c = sigmoid(gates[2] + 1) * carry.c + sigmoid(gates[0]) * tanh(gates[1])
      let h = sigmoid(gates[3]) * tanh(c)
      return (LSTMCarry(c: c, h: h), h)
    }
  }

  /// Makes the first carry for inputs `[batch..., spatial..., channels]`.
  public func initializeCarry(_ key: Key, _ inputShape: Shape) -> LSTMCarry {
    .initial(key, inputShape.carryShape(features: features), paramDtype, carryInit)
  }

  /// The spatial axes and the channels.
  public var numFeatureAxes: Int { kernelSize.count + 1 }

  package override class var holdsModules: Bool { false }
}

extension ConvLSTMCell: Configurable {
  /// Makes a layer of a configuration.
  public convenience init(_ configuration: Configuration<ConvLSTMCell>, name: String?) {
    let c = configuration
    self.init(
      c.features, c.kernelSize, strides: c.strides, padding: c.padding, useBias: c.useBias,
      dtype: c.dtype, paramDtype: c.paramDtype, carryInit: c.carryInit, name: name)
  }
}
