/// A convolution over any number of spatial axes, channels last.
///
///     let y = Conv(32, [3, 3])(x)                       // [batch, height, width, channels]
///     let z = Conv(8, [5], strides: 2, padding: .causal)(series)
///
/// `y[b, p, f] = sum over t, c of x[b, p * stride + t * dilation - pad, c] W[t, c, f] + b[f]`; the
/// kernel is not turned round. Parameters: `kernel` `[window..., channels / groups, features]`,
/// `bias` `[features]`. Several batch axes are flattened, and one is added if there is none.
///
/// A mask, of the kernel's shape, is multiplied with the kernel. Computes in `dtype`, by default in
/// what input and parameters promote to. The batch and the features are the first and the last
/// axis, in PyTorch the first two; `.same` with strides of 2 pads one zero at the end where
/// PyTorch's `padding=1` pads one on both sides. Strides, dilations and padding are explained in "A
/// Guide to Convolution Arithmetic for Deep Learning", https://arxiv.org/abs/1603.07285 Mirrors
/// `flax.linen.Conv`.
public final class Conv: Module, @unchecked Sendable {
  /// The number of kernels: the size of the last axis of the result.
  public let features: Int
  /// The sizes of the window.
  public let kernelSize: [Int]
  /// The steps of the window.
  public let strides: PerAxis
  /// What is added around the input.
  public let padding: Padding
  /// Input elements are taken to lie this far apart, which makes a transposed convolution.
  public let inputDilation: PerAxis
  /// Kernel elements are taken to lie this far apart.
  public let kernelDilation: PerAxis
  /// The number of groups into which the channels are divided, each with its own kernels.
  public let featureGroupCount: Int
  /// Whether to add a bias.
  public let useBias: Bool
  /// What the kernel is multiplied with, of its shape.
  public let mask: Tensor?
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
  /// Convolves in the place of the usual convolution; nil for that.
  public let convGeneralDilated: ConvGeneralDilatedFunction?
  /// Makes a module that convolves in the place of the usual convolution; nil for none.
  public let convGeneralDilatedCls: ConvGeneralDilatedClass?

  /// Makes a convolution with `features` kernels of a window.
  public init(
    _ features: Int, _ kernelSize: some WindowSizes, strides: PerAxis = 1, padding: Padding = .same,
    inputDilation: PerAxis = 1, kernelDilation: PerAxis = 1, featureGroupCount: Int = 1,
    useBias: Bool = true, mask: Tensor? = nil, dtype: DType? = nil, paramDtype: DType = .float32,
    precision: Precision? = nil, kernelInit: Initializer = defaultKernelInit,
    biasInit: Initializer = .zeros, promoteDtype: PromoteDTypeFunction = .promoteDType,
    convGeneralDilated: ConvGeneralDilatedFunction? = nil,
    convGeneralDilatedCls: ConvGeneralDilatedClass? = nil, name: String? = nil
  ) {
    self.features = features
    self.kernelSize = kernelSize.windowSizes
    self.strides = strides
    self.padding = padding
    self.inputDilation = inputDilation
    self.kernelDilation = kernelDilation
    self.featureGroupCount = featureGroupCount
    self.useBias = useBias
    self.mask = mask
    self.dtype = dtype
    self.paramDtype = paramDtype
    self.precision = precision
    self.kernelInit = kernelInit
    self.biasInit = biasInit
    self.promoteDtype = promoteDtype
    self.convGeneralDilated = convGeneralDilated
    self.convGeneralDilatedCls = convGeneralDilatedCls
    super.init(name: name)
  }

  /// Convolves `[batch..., spatial..., channels]`.
  ///
  /// Records an error for a padding or mask that does not fit, or channels that don't divide.
  public func callAsFunction(_ inputs: Tensor) -> Tensor {
    compact(inputs) { inputs in
      withOneBatchAxis(inputs, spatialCount: kernelSize.count, "Conv") { convolve($0) }
    }
  }

  private func convolve(_ inputs: Tensor) -> Tensor {
    let rank = kernelSize.count
    let window = SpatialWindow(
      kernel: kernelSize, strides: strides.expanded(to: rank, "strides"),
      inputDilation: inputDilation.expanded(to: rank, "input_dilation"),
      kernelDilation: kernelDilation.expanded(to: rank, "kernel_dilation"))
    guard window.isPositive("Conv", inputs), dividesGroups(inputs) else { return inputs }
    let (padded, pads) = window.resolve(padding, inputs)
    let shape = Shape(kernelSize + [inputs.shape[-1] / featureGroupCount, features])
    var kernel = param("kernel", kernelInit, shape, dtype: paramDtype)
    if let mask { kernel = masked(kernel, mask) }
    let bias = useBias ? param("bias", biasInit, [features], dtype: paramDtype) : nil
    let (x, w, b) = promoteDType(padded, kernel, bias, dtype: dtype, by: promoteDtype)
    let injected = InjectedConvolution(
      function: convGeneralDilated, make: convGeneralDilatedCls, precision: precision)
    let y =
      injected(x, w, window, pads, groups: featureGroupCount)
      ?? convGeneral(x, w, window.padded(pads), groups: featureGroupCount)
    return b.map { y + $0 } ?? y
  }

  /// Whether the groups divide channels and features; records an error if not.
  private func dividesGroups(_ inputs: Tensor) -> Bool {
    let channels = inputs.shape[-1]
    let groups = featureGroupCount
    if groups > 0, channels % groups == 0, features % groups == 0 { return true }
    record(
      TensorError(
        "Conv",
        .other(
          "channels and features must be a multiple of feature_group_count, but \(channels) and "
            + "\(features) are not multiples of \(groups)"), [.init("inputs", inputs.type)]))
    return false
  }

  package override class var holdsModules: Bool { false }
}

extension Conv: Configurable {
  /// Makes a layer of a configuration.
  public convenience init(_ configuration: Configuration<Conv>, name: String?) {
    let c = configuration
    self.init(
      c.features, c.kernelSize, strides: c.strides, padding: c.padding,
      inputDilation: c.inputDilation, kernelDilation: c.kernelDilation,
      featureGroupCount: c.featureGroupCount, useBias: c.useBias, mask: c.mask, dtype: c.dtype,
      paramDtype: c.paramDtype, precision: c.precision, kernelInit: c.kernelInit,
      biasInit: c.biasInit, promoteDtype: c.promoteDtype, convGeneralDilated: c.convGeneralDilated,
      convGeneralDilatedCls: c.convGeneralDilatedCls, name: name)
  }
}

/// The kernel with a mask multiplied in; records an error if their shapes differ.
func masked(_ kernel: Tensor, _ mask: Tensor) -> Tensor {
  guard mask.shape == kernel.shape else {
    let shapes = [mask, kernel].map { pythonTuple($0.shape.dimensions) }
    record(
      LinenError(
        .other(
          "Mask needs to have the same shape as weights. Shapes are: \(shapes[0]), \(shapes[1])")))
    return kernel
  }
  return kernel * mask
}
