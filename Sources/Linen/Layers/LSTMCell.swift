/// A step of a long short-term memory.
///
///     i = gate(Wii x + Whi h + bhi)          c' = f * c + i * g
///     f = gate(Wif x + Whf h + bhf)          h' = o * act(c')
///     g = act(Wig x + Whg h + bhg)
///     o = gate(Wio x + Who h + bho)
///
/// The carry is c and h, the memory and the output, each `[batch..., features]`; the output is h.
/// Parameters: layers `ii`, `if`, `ig`, `io` without bias, `hi`, `hf`, `hg`, `ho` with one. The
/// bias of the forget gate begins at 0, not 1 as elsewhere. Run over sequences by ``RNN``. "Long
/// Short-Term Memory", https://doi.org/10.1162/neco.1997.9.8.1735 Mirrors `flax.linen.LSTMCell`.
public final class LSTMCell: Module, RNNCell, @unchecked Sendable {
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
  /// Makes the biases.
  public let biasInit: Initializer
  /// The dtype to compute in; nil for that of the promoted operands.
  public let dtype: DType?
  /// The dtype of new parameters.
  public let paramDtype: DType
  /// Makes the first carry.
  public let carryInit: Initializer

  /// Makes a cell with `features` outputs.
  public init(
    _ features: Int, gateFn: ActivationFunction = .sigmoid,
    activationFn: ActivationFunction = .tanh,
    kernelInit: Initializer = defaultKernelInit, recurrentKernelInit: Initializer = .orthogonal(),
    biasInit: Initializer = .zeros, dtype: DType? = nil, paramDtype: DType = .float32,
    carryInit: Initializer = .zeros, name: String? = nil
  ) {
    self.features = features
    self.gateFn = gateFn
    self.activationFn = activationFn
    self.kernelInit = kernelInit
    self.recurrentKernelInit = recurrentKernelInit
    self.biasInit = biasInit
    self.dtype = dtype
    self.paramDtype = paramDtype
    self.carryInit = carryInit
    super.init(name: name)
  }

  /// Takes one step; inputs are `[batch..., inputs]`.
  public func callAsFunction(
    _ carry: LSTMCarry, _ inputs: Tensor
  ) -> (carry: LSTMCarry, output: Tensor) {
    compact(carry, inputs) { carry, inputs in
      let layers = CellLayers(
        features: carry.h.shape[-1], dtype: dtype, paramDtype: paramDtype)
      func sum(_ name: String) -> Tensor {
        let input = layers.dense("i\(name)", useBias: false, kernelInit)(inputs)
        return input
          + layers.dense("h\(name)", useBias: true, recurrentKernelInit, biasInit)(carry.h)
      }
      let i = gateFn(sum("i"))
      let f = gateFn(sum("f"))
      let g = activationFn(sum("g"))
      let o = gateFn(sum("o"))
      let c = f * carry.c + i * g
      let h = o * activationFn(c)
      return (LSTMCarry(c: c, h: h), h)
    }
  }

  /// Makes the first carry for inputs `[batch..., inputs]`.
  public func initializeCarry(_ key: Key, _ inputShape: Shape) -> LSTMCarry {
    .initial(key, inputShape.carryShape(features: features), paramDtype, carryInit)
  }

  package override class var holdsModules: Bool { false }
}

extension LSTMCell: Configurable {
  /// Makes a layer of a configuration.
  public convenience init(_ configuration: Configuration<LSTMCell>, name: String?) {
    let c = configuration
    self.init(
      c.features, gateFn: c.gateFn, activationFn: c.activationFn, kernelInit: c.kernelInit,
      recurrentKernelInit: c.recurrentKernelInit, biasInit: c.biasInit, dtype: c.dtype,
      paramDtype: c.paramDtype, carryInit: c.carryInit, name: name)
  }
}
