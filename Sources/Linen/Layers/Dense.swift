/// A linear map of the last axis: `y = x W + b`.
///
///     let y = Dense(4)(x)   // [..., inputs] to [..., 4]
///
/// Parameters: `kernel` `[inputs, features]` and `bias` `[features]`. Computes in `dtype`, by default
/// in what input and parameters promote to; integers become floats. Mirrors `flax.linen.Dense`.
public final class Dense: Module, @unchecked Sendable {
  /// The size of the last axis of the result.
  public let features: Int
  /// Whether to add a bias.
  public let useBias: Bool
  /// The dtype to compute in; nil for that of the promoted operands.
  public let dtype: DType?
  /// The dtype of new parameters.
  public let paramDtype: DType
  /// Makes the kernel.
  public let kernelInit: Initializer
  /// Makes the bias.
  public let biasInit: Initializer

  /// Makes a linear layer with `features` outputs.
  public init(
    _ features: Int, useBias: Bool = true, dtype: DType? = nil, paramDtype: DType = .float32,
    kernelInit: Initializer = defaultKernelInit, biasInit: Initializer = .zeros, name: String? = nil
  ) {
    self.features = features
    self.useBias = useBias
    self.dtype = dtype
    self.paramDtype = paramDtype
    self.kernelInit = kernelInit
    self.biasInit = biasInit
    super.init(name: name)
  }

  /// Maps the last axis: `[..., inputs]` to `[..., features]`.
  public func callAsFunction(_ inputs: Tensor) -> Tensor {
    compact(inputs) { inputs in
      let kernel = param("kernel", kernelInit, [inputs.shape[-1], features], dtype: paramDtype)
      let bias = useBias ? param("bias", biasInit, [features], dtype: paramDtype) : nil
      let (x, w, b) = promoteDType(inputs, kernel, bias, dtype: dtype)
      let y = matmul(x, w)
      return b.map { y + $0 } ?? y
    }
  }

  package override class var holdsModules: Bool { false }
}

/// What makes the kernels of layers unless another initializer is given: ``Initializer/lecunNormal(inAxis:outAxis:batchAxis:)``.
public let defaultKernelInit = Initializer.lecunNormal()

extension Dense: Configurable {
  /// Makes a layer of a configuration.
  public convenience init(_ configuration: Configuration<Dense>, name: String?) {
    let c = configuration
    self.init(
      c.features, useBias: c.useBias, dtype: c.dtype, paramDtype: c.paramDtype,
      kernelInit: c.kernelInit, biasInit: c.biasInit, name: name)
  }
}
