import Linen

/// A linear layer over a sequence whose output i depends on inputs up to i alone, or before it.
///
///     let layer = MaskedDense1D(features: 4, exclusive: true)
///     let y = layer(x)   // [batch, length, inputs] to [batch, length, 4]
///
/// `y[i] = sum over j <= i of x[j] W[j, i] + b[i]`, with j < i if `exclusive`. Parameters: `kernel`
/// `[length * inputs, length * features]`, 0 where it must not look, and `bias` `[length, features]`.
/// For autoregressive models, whose i-th conditional probability must not see what it predicts: the
/// first layer is exclusive, all others are not. The parameters are made for one length. Mirrors
/// `netket.nn.MaskedDense1D`, https://netket.readthedocs.io
public final class MaskedDense1D: Module, UnaryLayer, @unchecked Sendable {
  /// The size of the last axis of the result.
  public let features: Int
  /// Whether an output does not depend on the input at its own place.
  public let exclusive: Bool
  /// Whether to add a bias.
  public let useBias: Bool
  /// The dtype of new parameters; the computation is in what they and the input promote to.
  public let paramDtype: DType
  /// How exactly products are computed; see `Precision`.
  public let precision: Precision?
  /// Makes the kernel; its numbers are scaled by what the mask takes away.
  public let kernelInit: Initializer
  /// Makes the bias.
  public let biasInit: Initializer

  /// Makes a masked linear layer with `features` outputs a place.
  public init(
    features: Int, exclusive: Bool, useBias: Bool = true, paramDtype: DType = .float64,
    precision: Precision? = nil, kernelInit: Initializer = defaultKernelInit,
    biasInit: Initializer = .zeros, name: String? = nil
  ) {
    self.features = features
    self.exclusive = exclusive
    self.useBias = useBias
    self.paramDtype = paramDtype
    self.precision = precision
    self.kernelInit = kernelInit
    self.biasInit = biasInit
    super.init(name: name)
  }

  /// Maps `[batch, length, inputs]`, or `[length, inputs]`, to the same with `features`.
  ///
  /// Records an error for another number of axes.
  public func callAsFunction(_ inputs: Tensor) -> Tensor {
    compact(inputs) { inputs in
      withOneBatchAxis(inputs, placeAxes: 1, "MaskedDense1D") { x in
        let (size, channels) = (x.shape[1], x.shape[2])
        let bias = useBias ? param("bias", biasInit, [size, features], dtype: paramDtype) : nil
        let mask = mask(size, channels)
        let kernel = param("kernel", masked(kernelInit, mask), mask.shape, dtype: paramDtype)
        let (a, w, b) = promoteDType(
          x.reshaped(to: [x.shape[0], size * channels]), mask * kernel, bias)
        let y = matmul(a, w).reshaped(to: [x.shape[0], size, features])
        return b.map { y + $0 } ?? y
      }
    }
  }

  /// 1 where the kernel may look.
  private func mask(_ size: Int, _ channels: Int) -> Tensor {
    let visible = triu(Tensor.ones([size, size], dtype: paramDtype), offset: exclusive ? 1 : 0)
    return visible.reshaped(to: [size, 1, size, 1])
      .broadcast(to: [size, channels, size, features])
      .reshaped(to: [size * channels, size * features])
  }
}

extension MaskedDense1D: Configurable {
  /// Makes a layer of a configuration.
  public convenience init(_ configuration: Configuration<MaskedDense1D>, name: String?) {
    let c = configuration
    self.init(
      features: c.features, exclusive: c.exclusive, useBias: c.useBias, paramDtype: c.paramDtype,
      precision: c.precision, kernelInit: c.kernelInit, biasInit: c.biasInit, name: name)
  }
}
