/// A convolution whose kernel is another one at every place of the window.
///
///     let y = ConvLocal(4, [3, 3], padding: .valid)(x)   // [batch, height, width, channels]
///
/// `y[b, p, f] = sum over c, t of x[b, p * stride + t * dilation - pad, c] W[p, (c, t), f] + b[p,
/// f]`. Parameters: `kernel` `[output spatial..., channels * window, features]`, in which the
/// channel counts before the place in the window, and `bias` `[output spatial..., features]`: they
/// fit one size of input alone. Otherwise like ``Conv``, without groups. "DeepFace: Closing the Gap
/// to Human-Level Performance in Face Verification", https://doi.org/10.1109/CVPR.2014.220 Mirrors
/// `flax.linen.ConvLocal`.
public final class ConvLocal: Module, UnaryLayer, @unchecked Sendable {
  /// The number of kernels at each place: the size of the last axis of the result.
  public let features: Int
  /// The sizes of the window.
  public let kernelSize: [Int]
  /// The steps of the window.
  public let strides: PerAxis
  /// What is added around the input.
  public let padding: Padding
  /// Input elements are taken to lie this far apart.
  public let inputDilation: PerAxis
  /// Kernel elements are taken to lie this far apart.
  public let kernelDilation: PerAxis
  /// The number of groups of channels, of which there can only be one.
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

  /// Makes a locally connected layer with a window.
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
  /// Records an error for a padding or mask that does not fit, and for more than one group.
  public func callAsFunction(_ inputs: Tensor) -> Tensor {
    compact(inputs) { inputs in
      withOneBatchAxis(inputs, spatialCount: kernelSize.count, "ConvLocal") { convolve($0) }
    }
  }

  private func convolve(_ inputs: Tensor) -> Tensor {
    if featureGroupCount != 1 {
      record(
        LinenError(
          .other(
            "`lax.conv_general_dilated_local` does not support `feature_group_count != 1`, got "
              + "`\(featureGroupCount)`.")))
    }
    let rank = kernelSize.count
    let window = SpatialWindow(
      kernel: kernelSize, strides: strides.expanded(to: rank, "strides"),
      inputDilation: inputDilation.expanded(to: rank, "input_dilation"),
      kernelDilation: kernelDilation.expanded(to: rank, "kernel_dilation"))
    guard window.isPositive("ConvLocal", inputs) else { return inputs }
    let (padded, pads) = window.resolve(padding, inputs)
    let axes = window.padded(pads)
    let spatial = outputSizes(padded, window, pads)
    let taps = kernelSize.reduce(1, *)
    let channels = inputs.shape[-1]
    var kernel = param(
      "kernel", kernelInit, Shape(spatial + [taps * channels, features]), dtype: paramDtype)
    if let mask { kernel = masked(kernel, mask) }
    let bias =
      useBias ? param("bias", biasInit, Shape(spatial + [features]), dtype: paramDtype) : nil
    let (x, w, b) = promoteDType(padded, kernel, bias, dtype: dtype, by: promoteDtype)
    let places = Array(0..<rank)
    let y = dotGeneral(
      patches(x, axes, taps: taps), w, contracting: ([rank + 1], [rank]),
      batch: (places.map { $0 + 1 }, places))
    // The result of the product has the places before the batch.
    let ordered = moveAxis(y, rank, to: 0)
    return b.map { ordered + $0 } ?? ordered
  }

  /// The places of the window, by which the kernel's shape is chosen.
  private func outputSizes(_ x: Tensor, _ window: SpatialWindow, _ pads: [(Int, Int)]) -> [Int] {
    let injected = InjectedConvolution(
      function: convGeneralDilated, make: convGeneralDilatedCls, precision: precision)
    let kernel = Tensor(ShapeDtype(Shape(kernelSize + [x.shape[-1], features]), x.dtype))
    if let y = injected(Tensor(x.type), kernel, window, pads, groups: 1) {
      return Array(y.shape.dimensions.dropFirst().dropLast())
    }
    return window.padded(pads).spatial.enumerated().map { index, axis in
      axis.outputSize(input: x.shape[index + 1], kernel: kernelSize[index])
    }
  }

  /// What the window sees at each place: `[batch, spatial..., channels * window]`.
  private func patches(_ x: Tensor, _ window: ConvWindow, taps: Int) -> Tensor {
    let channels = x.shape[-1]
    let one = identity(taps, x.dtype).reshaped(to: Shape(kernelSize + [1, 1, taps]))
    let kernel = one.broadcast(to: Shape(kernelSize + [1, channels, taps]))
      .reshaped(to: Shape(kernelSize + [1, channels * taps]))
    return convGeneral(x, kernel, window, groups: channels)
  }

  /// The identity matrix, by a comparison where it is counted as JAX does.
  private func identity(_ size: Int, _ dtype: DType) -> Tensor {
    guard Counting.isOn, size > 1 else { return eye(size, dtype: dtype) }
    let places = Tensor(ShapeDtype([size, size], .int32))
    return (places .== places).cast(to: dtype)
  }

  package override class var holdsModules: Bool { false }
}

extension ConvLocal: Configurable {
  /// Makes a layer of a configuration.
  public convenience init(_ configuration: Configuration<ConvLocal>, name: String?) {
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
