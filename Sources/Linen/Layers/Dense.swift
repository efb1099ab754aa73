/// A linear map of the last axis: `y = x W + b`.
///
///     let y = Dense(4)(x)   // [..., inputs] to [..., 4]
///
/// `y[..., f] = sum over i of x[..., i] W[i, f] + b[f]`. Parameters: `kernel` `[inputs, features]`,
/// the transpose of PyTorch's `weight`, and `bias` `[features]`. Axes but the last are left alone:
/// flatten images first. Computes in `dtype`, by default in what input and parameters promote to;
/// integers become floats. Mirrors `flax.linen.Dense`.
public final class Dense: Module, @unchecked Sendable {
  /// The size of the last axis of the result.
  public let features: Int
  /// Whether to add a bias.
  public let useBias: Bool
  /// The dtype to compute in; nil for that of the promoted operands.
  public let dtype: DType?
  /// The dtype of new parameters.
  public let paramDtype: DType
  /// How exactly products are computed; see ``Precision``.
  public let precision: Precision?
  /// Makes the kernel.
  public let kernelInit: Initializer
  /// Makes the bias.
  public let biasInit: Initializer
  /// Brings input and parameters to one dtype.
  public let promoteDtype: PromoteDTypeFunction
  /// Multiplies in the place of the usual product; nil for that.
  public let dotGeneral: DotGeneralFunction?
  /// Makes a module that multiplies in the place of the usual product; nil for none.
  public let dotGeneralCls: DotGeneralClass?

  /// Makes a linear layer with `features` outputs.
  public init(
    _ features: Int, useBias: Bool = true, dtype: DType? = nil, paramDtype: DType = .float32,
    precision: Precision? = nil, kernelInit: Initializer = defaultKernelInit,
    biasInit: Initializer = .zeros, promoteDtype: PromoteDTypeFunction = .promoteDType,
    dotGeneral: DotGeneralFunction? = nil, dotGeneralCls: DotGeneralClass? = nil,
    name: String? = nil
  ) {
    self.features = features
    self.useBias = useBias
    self.dtype = dtype
    self.paramDtype = paramDtype
    self.precision = precision
    self.kernelInit = kernelInit
    self.biasInit = biasInit
    self.promoteDtype = promoteDtype
    self.dotGeneral = dotGeneral
    self.dotGeneralCls = dotGeneralCls
    super.init(name: name)
  }

  /// Maps the last axis: `[..., inputs]` to `[..., features]`.
  public func callAsFunction(_ inputs: Tensor) -> Tensor {
    compact(inputs) { inputs in
      guard inputs.rank > 0 else {
        record(
          TensorError(
            "Dense", .rankInvalid(rank: 0, expected: "at least the features"),
            [.init("inputs", inputs.type)]))
        return inputs
      }
      let kernel = param("kernel", kernelInit, [inputs.shape[-1], features], dtype: paramDtype)
      let bias = useBias ? param("bias", biasInit, [features], dtype: paramDtype) : nil
      let (x, w, b) = promoteDType(inputs, kernel, bias, dtype: dtype, by: promoteDtype)
      let injected = InjectedProduct(
        function: dotGeneral, make: dotGeneralCls, precision: precision)
      let y = injected.map { $0(x, w, contracting: ([x.rank - 1], [0])) } ?? matmul(x, w)
      return b.map { y + $0 } ?? y
    }
  }

  package override class var holdsModules: Bool { false }
}

extension Dense: Configurable {
  /// Makes a layer of a configuration.
  public convenience init(_ configuration: Configuration<Dense>, name: String?) {
    let c = configuration
    self.init(
      c.features, useBias: c.useBias, dtype: c.dtype, paramDtype: c.paramDtype,
      precision: c.precision, kernelInit: c.kernelInit, biasInit: c.biasInit,
      promoteDtype: c.promoteDtype, dotGeneral: c.dotGeneral, dotGeneralCls: c.dotGeneralCls,
      name: name)
  }
}

/// What makes the kernels of layers unless another initializer is given: ``Initializer/lecunNormal(inAxis:outAxis:batchAxis:)``.
public let defaultKernelInit = Initializer.lecunNormal()
