/// A step of a minimal gated unit.
///
///     f = gate(Wif x + bif + Whf h)
///     n = act(Win x + bin + f * (Whn h + bhn))     without reset gate: act(Win x + bin + Whn h)
///     h' = (1 - f) * n + f * h
///
/// The carry is h, `[batch..., features]`, and the output too. Parameters: layers `if`, `in` with
/// bias, `hf` without, `hn` with one if there is a reset gate. The bias of the forget gate begins
/// at 1. Differs from the paper: h is kept where f is 1, new where it is 0. "Minimal Gated Unit for
/// Recurrent Neural Networks", https://arxiv.org/abs/1603.09420 Mirrors `flax.linen.MGUCell`.
public final class MGUCell: Module, RNNCell, @unchecked Sendable {
  /// The size of the output.
  public let features: Int
  /// The function of the gates.
  public let gateFn: ActivationFunction
  /// The function of the memory and output.
  public let activationFn: ActivationFunction
  /// Makes the kernels of the input.
  public let kernelInit: Initializer
  /// Makes the kernels of the last output.
  public let recurrentKernelInit: Initializer
  /// Makes the bias of the forget gate: ones, against vanishing gradients.
  public let forgetBiasInit: Initializer
  /// Makes the biases of the activation.
  public let activationBiasInit: Initializer
  /// The dtype to compute in; nil for that of the promoted operands.
  public let dtype: DType?
  /// The dtype of new parameters.
  public let paramDtype: DType
  /// Makes the first carry.
  public let carryInit: Initializer
  /// Whether the forget gate also resets the last output.
  public let resetGate: Bool

  /// Makes a cell with `features` outputs.
  public init(
    _ features: Int, gateFn: ActivationFunction = .sigmoid,
    activationFn: ActivationFunction = .tanh,
    kernelInit: Initializer = defaultKernelInit, recurrentKernelInit: Initializer = .orthogonal(),
    forgetBiasInit: Initializer = .ones, activationBiasInit: Initializer = .zeros,
    dtype: DType? = nil, paramDtype: DType = .float32, carryInit: Initializer = .zeros,
    resetGate: Bool = true, name: String? = nil
  ) {
    self.features = features
    self.gateFn = gateFn
    self.activationFn = activationFn
    self.kernelInit = kernelInit
    self.recurrentKernelInit = recurrentKernelInit
    self.forgetBiasInit = forgetBiasInit
    self.activationBiasInit = activationBiasInit
    self.dtype = dtype
    self.paramDtype = paramDtype
    self.carryInit = carryInit
    self.resetGate = resetGate
    super.init(name: name)
  }

  /// Takes one step; inputs are `[batch..., inputs]`.
  public func callAsFunction(
    _ carry: Tensor, _ inputs: Tensor
  ) -> (carry: Tensor, output: Tensor) {
    compact(carry, inputs) { h, inputs in
      let layers = CellLayers(features: h.shape[-1], dtype: dtype, paramDtype: paramDtype)
      let forget = layers.dense("if", useBias: true, kernelInit, forgetBiasInit)(inputs)
      let f = gateFn(forget + layers.dense("hf", useBias: false, recurrentKernelInit)(h))
      var x = layers.dense("hn", useBias: resetGate, recurrentKernelInit, activationBiasInit)(h)
      if resetGate { x = x * f }
      let n = activationFn(
        layers.dense("in", useBias: true, kernelInit, activationBiasInit)(inputs) + x)
      let output = (1 - f) * n + f * h
      return (output, output)
    }
  }

  /// Makes the first carry for inputs `[batch..., inputs]`.
  public func initializeCarry(_ key: Key, _ inputShape: Shape) -> Tensor {
    carryInit(key, inputShape.carryShape(features: features), paramDtype)
  }

  package override class var holdsModules: Bool { false }
}

extension MGUCell: Configurable {
  /// Makes a layer of a configuration.
  public convenience init(_ configuration: Configuration<MGUCell>, name: String?) {
    let c = configuration
    self.init(
      c.features, gateFn: c.gateFn, activationFn: c.activationFn, kernelInit: c.kernelInit,
      recurrentKernelInit: c.recurrentKernelInit, forgetBiasInit: c.forgetBiasInit,
      activationBiasInit: c.activationBiasInit, dtype: c.dtype, paramDtype: c.paramDtype,
      carryInit: c.carryInit, resetGate: c.resetGate, name: name)
  }
}
