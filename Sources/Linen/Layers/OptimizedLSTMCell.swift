/// A step of a long short-term memory with one product for all gates.
///
/// The same function as ``LSTMCell``, with the same parameters under the same names: kernels are
/// put side by side before the product, `[batch, inputs] [inputs, 4 * features]`, so that it is
/// faster where `features` is small. "Long Short-Term Memory",
/// https://doi.org/10.1162/neco.1997.9.8.1735 Mirrors `flax.linen.OptimizedLSTMCell`.
public final class OptimizedLSTMCell: Module, RNNCell, @unchecked Sendable {
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
      let features = carry.h.shape[-1]
      var input: [(kernel: Tensor, bias: Tensor?)] = []
      var hidden: [(kernel: Tensor, bias: Tensor?)] = []
      for gate in ["i", "f", "g", "o"] {
        input.append(parameters("i\(gate)", features, false, kernelInit)(inputs))
        hidden.append(parameters("h\(gate)", features, true, recurrentKernelInit)(carry.h))
      }
      let fromHidden = product(carry.h, hidden)
      let fromInput = product(inputs, input)
      let sums = zip(fromHidden, fromInput).map { $0 + $1 }
      let c = gateFn(sums[1]) * carry.c + gateFn(sums[0]) * activationFn(sums[2])
      let h = gateFn(sums[3]) * activationFn(c)
      return (LSTMCarry(c: c, h: h), h)
    }
  }

  private func parameters(
    _ name: String, _ features: Int, _ useBias: Bool, _ kernelInit: Initializer
  ) -> DenseParams {
    DenseParams(
      features, useBias: useBias, paramDtype: paramDtype, kernelInit: kernelInit,
      biasInit: biasInit, name: name)
  }

  /// The products with all kernels, one for each.
  private func product(
    _ x: Tensor, _ parameters: [(kernel: Tensor, bias: Tensor?)]
  ) -> [Tensor] {
    let biases = parameters.compactMap(\.bias)
    let kernel = concatenate(parameters.map(\.kernel), axis: -1)
    let bias = biases.isEmpty ? nil : concatenate(biases, axis: -1)
    let (a, w, b) = promoteDType(x, kernel, bias, dtype: dtype)
    let y = matmul(a, w)
    return split(b.map { y + $0 } ?? y, into: parameters.count, axis: -1)
  }

  /// Makes the first carry for inputs `[batch..., inputs]`.
  public func initializeCarry(_ key: Key, _ inputShape: Shape) -> LSTMCarry {
    .initial(key, inputShape.carryShape(features: features), paramDtype, carryInit)
  }

  package override class var holdsModules: Bool { false }
}

extension OptimizedLSTMCell: Configurable {
  /// Makes a layer of a configuration.
  public convenience init(_ configuration: Configuration<OptimizedLSTMCell>, name: String?) {
    let c = configuration
    self.init(
      c.features, gateFn: c.gateFn, activationFn: c.activationFn, kernelInit: c.kernelInit,
      recurrentKernelInit: c.recurrentKernelInit, biasInit: c.biasInit, dtype: c.dtype,
      paramDtype: c.paramDtype, carryInit: c.carryInit, name: name)
  }
}

/// The parameters of a ``Dense`` layer, to be used by others.
final class DenseParams: Module, @unchecked Sendable {
  private let features: Int
  private let useBias: Bool
  private let paramDtype: DType
  private let kernelInit: Initializer
  private let biasInit: Initializer

  init(
    _ features: Int, useBias: Bool, paramDtype: DType, kernelInit: Initializer,
    biasInit: Initializer, name: String
  ) {
    self.features = features
    self.useBias = useBias
    self.paramDtype = paramDtype
    self.kernelInit = kernelInit
    self.biasInit = biasInit
    super.init(name: name)
  }

  func callAsFunction(_ inputs: Tensor) -> (kernel: Tensor, bias: Tensor?) {
    compact(inputs) { inputs in
      let kernel = param("kernel", kernelInit, [inputs.shape[-1], features], dtype: paramDtype)
      return (kernel, useBias ? param("bias", biasInit, [features], dtype: paramDtype) : nil)
    }
  }

  override class var holdsModules: Bool { false }
}
