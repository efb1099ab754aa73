/// A step of a simple recurrent network: `h' = act(Wi x + bi + Wh h)`.
///
/// The carry is h, `[batch..., features]`, and the output too. With `residual`, h is added before
/// the activation. Parameters: layers `i` with bias, `h` without. "Finding Structure in Time",
/// https://doi.org/10.1207/s15516709cog1402_1 Mirrors `flax.linen.SimpleCell`.
public final class SimpleCell: Module, RNNCell, @unchecked Sendable {
  /// The size of the output.
  public let features: Int
  /// The function of the memory and output.
  public let activationFn: ActivationFunction
  /// Makes the kernels of the input.
  public let kernelInit: Initializer
  /// Makes the kernels of the last output.
  public let recurrentKernelInit: Initializer
  /// Makes the biases.
  public let biasInit: Initializer
  /// The dtype to compute in; nil for that of the promoted operands.
  public let dtype: DType?
  /// The dtype of new parameters.
  public let paramDtype: DType
  /// Makes the first carry.
  public let carryInit: Initializer
  /// Whether the last output is added before the activation. "Overcoming the Vanishing Gradient
  /// Problem in Plain Recurrent Networks", https://arxiv.org/abs/1801.06105
  public let residual: Bool

  /// Makes a cell with `features` outputs.
  public init(
    _ features: Int, activationFn: ActivationFunction = .tanh,
    kernelInit: Initializer = defaultKernelInit, recurrentKernelInit: Initializer = .orthogonal(),
    biasInit: Initializer = .zeros, dtype: DType? = nil, paramDtype: DType = .float32,
    carryInit: Initializer = .zeros, residual: Bool = false, name: String? = nil
  ) {
    self.features = features
    self.activationFn = activationFn
    self.kernelInit = kernelInit
    self.recurrentKernelInit = recurrentKernelInit
    self.biasInit = biasInit
    self.dtype = dtype
    self.paramDtype = paramDtype
    self.carryInit = carryInit
    self.residual = residual
    super.init(name: name)
  }

  /// Takes one step; inputs are `[batch..., inputs]`.
  public func callAsFunction(
    _ carry: Tensor, _ inputs: Tensor
  ) -> (carry: Tensor, output: Tensor) {
    compact(carry, inputs) { carry, inputs in
      let layers = CellLayers(features: carry.shape[-1], dtype: dtype, paramDtype: paramDtype)
      let fromInput = layers.dense("i", useBias: true, kernelInit, biasInit)(inputs)
      var h = fromInput + layers.dense("h", useBias: false, recurrentKernelInit)(carry)
      if residual { h = h + carry }
      let output = activationFn(h)
      return (output, output)
    }
  }

  /// Makes the first carry for inputs `[batch..., inputs]`.
  public func initializeCarry(_ key: Key, _ inputShape: Shape) -> Tensor {
    carryInit(key, inputShape.carryShape(features: features), paramDtype)
  }

  package override class var holdsModules: Bool { false }
}

extension SimpleCell: Configurable {
  /// Makes a layer of a configuration.
  public convenience init(_ configuration: Configuration<SimpleCell>, name: String?) {
    let c = configuration
    self.init(
      c.features, activationFn: c.activationFn, kernelInit: c.kernelInit,
      recurrentKernelInit: c.recurrentKernelInit, biasInit: c.biasInit, dtype: c.dtype,
      paramDtype: c.paramDtype, carryInit: c.carryInit, residual: c.residual, name: name)
  }
}
