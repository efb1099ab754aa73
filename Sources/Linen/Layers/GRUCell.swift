/// A step of a gated recurrent unit.
///
///     r = gate(Wir x + bir + Whr h)          n = act(Win x + bin + r * (Whn h + bhn))
///     z = gate(Wiz x + biz + Whz h)          h' = (1 - z) * n + z * h
///
/// The carry is h, `[batch..., features]`, and the output too. Parameters: layers `ir`, `iz`, `in`
/// with bias, `hr`, `hz` without, `hn` with one. The reset gate is applied after the product, as in
/// cuDNN and PyTorch, not before it as in the paper's first version. "Empirical Evaluation of Gated
/// Recurrent Neural Networks on Sequence Modeling", https://arxiv.org/abs/1412.3555 Mirrors
/// `flax.linen.GRUCell`.
public final class GRUCell: Module, RNNCell, @unchecked Sendable {
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
    _ carry: Tensor, _ inputs: Tensor
  ) -> (carry: Tensor, output: Tensor) {
    compact(carry, inputs) { h, inputs in
      let layers = CellLayers(features: h.shape[-1], dtype: dtype, paramDtype: paramDtype)
      func input(_ name: String) -> Tensor {
        layers.dense("i\(name)", useBias: true, kernelInit, biasInit)(inputs)
      }
      func hidden(_ name: String, useBias: Bool) -> Tensor {
        layers.dense("h\(name)", useBias: useBias, recurrentKernelInit, biasInit)(h)
      }
      let r = gateFn(input("r") + hidden("r", useBias: false))
      let z = gateFn(input("z") + hidden("z", useBias: false))
      let n = activationFn(input("n") + r * hidden("n", useBias: true))
      let output = (1 - z) * n + z * h
      return (output, output)
    }
  }

  /// Makes the first carry for inputs `[batch..., inputs]`.
  public func initializeCarry(_ key: Key, _ inputShape: Shape) -> Tensor {
    carryInit(key, inputShape.carryShape(features: features), paramDtype)
  }

  package override class var holdsModules: Bool { false }
}

extension GRUCell: Configurable {
  /// Makes a layer of a configuration.
  public convenience init(_ configuration: Configuration<GRUCell>, name: String?) {
    let c = configuration
    self.init(
      c.features, gateFn: c.gateFn, activationFn: c.activationFn, kernelInit: c.kernelInit,
      recurrentKernelInit: c.recurrentKernelInit, biasInit: c.biasInit, dtype: c.dtype,
      paramDtype: c.paramDtype, carryInit: c.carryInit, name: name)
  }
}
