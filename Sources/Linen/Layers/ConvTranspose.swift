/// A transposed convolution over any number of spatial axes, channels last: it spreads its input.
///
///     let y = ConvTranspose(16, [4, 4], strides: [2, 2])(x)   // [batch, h, w, c] to [batch, 2h, 2w, 16]
///
/// The input's elements are set `strides` apart and convolved. Parameters: `kernel` `[window...,
/// channels, features]` and `bias` `[features]`. With `transposeKernel` the kernel is that of the
/// convolution which this transposes: turned round, and `[window..., features, channels]`: give it
/// to load kernels of PyTorch or to undo a ``Conv``. Padding is `.same`, `.valid`, `.circular`, as
/// of the convolution that is transposed, or numbers of zeros around the spread input: `1` makes
/// the result larger, where PyTorch's `padding=1` makes it smaller. "A Guide to Convolution
/// Arithmetic for Deep Learning", https://arxiv.org/abs/1603.07285 Mirrors
/// `flax.linen.ConvTranspose`.
public final class ConvTranspose: Module, UnaryLayer, @unchecked Sendable {
  /// The size of the last axis of the result.
  public let features: Int
  /// The sizes of the window.
  public let kernelSize: [Int]
  /// How far apart the input's elements are set.
  public let strides: PerAxis?
  /// The padding of the convolution that this transposes.
  public let padding: Padding
  /// Kernel elements are taken to lie this far apart.
  public let kernelDilation: PerAxis?
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
  /// Whether the kernel is turned round, with its input and output features swapped.
  public let transposeKernel: Bool
  /// Brings input and parameters to one dtype.
  public let promoteDtype: PromoteDTypeFunction
  /// The dtype of the result, and in which products are added up; nil for that of the operands.
  public let preferredElementType: DType?

  /// Makes a transposed convolution with a window.
  public init(
    _ features: Int, _ kernelSize: some WindowSizes, strides: PerAxis? = nil,
    padding: Padding = .same,
    kernelDilation: PerAxis? = nil, useBias: Bool = true, mask: Tensor? = nil, dtype: DType? = nil,
    paramDtype: DType = .float32, precision: Precision? = nil,
    kernelInit: Initializer = defaultKernelInit, biasInit: Initializer = .zeros,
    transposeKernel: Bool = false, promoteDtype: PromoteDTypeFunction = .promoteDType,
    preferredElementType: DType? = nil, name: String? = nil
  ) {
    self.features = features
    self.kernelSize = kernelSize.windowSizes
    self.strides = strides
    self.padding = padding
    self.kernelDilation = kernelDilation
    self.useBias = useBias
    self.mask = mask
    self.dtype = dtype
    self.paramDtype = paramDtype
    self.precision = precision
    self.kernelInit = kernelInit
    self.biasInit = biasInit
    self.transposeKernel = transposeKernel
    self.promoteDtype = promoteDtype
    self.preferredElementType = preferredElementType
    super.init(name: name)
  }

  /// Convolves `[batch..., spatial..., channels]`.
  ///
  /// Records an error for a padding or mask that does not fit.
  public func callAsFunction(_ inputs: Tensor) -> Tensor {
    compact(inputs) { inputs in
      withOneBatchAxis(inputs, spatialCount: kernelSize.count, "ConvTranspose") { convolve($0) }
    }
  }

  private func convolve(_ inputs: Tensor) -> Tensor {
    let rank = kernelSize.count
    let steps = (strides ?? 1).expanded(to: rank, "strides")
    let ones = Array(repeating: 1, count: rank)
    let window = SpatialWindow(
      kernel: kernelSize, strides: ones, inputDilation: steps,
      kernelDilation: (kernelDilation ?? 1).expanded(to: rank, "kernel_dilation"))
    guard window.isPositive("ConvTranspose", inputs) else { return inputs }
    let channels = inputs.shape[-1]
    let ends = transposeKernel ? [features, channels] : [channels, features]
    var kernel = param("kernel", kernelInit, Shape(kernelSize + ends), dtype: paramDtype)
    if let mask { kernel = masked(kernel, mask) }
    let bias = useBias ? param("bias", biasInit, [features], dtype: paramDtype) : nil
    var (x, w, b) = promoteDType(inputs, kernel, bias, dtype: dtype, by: promoteDtype)
    if transposeKernel { w = swapAxes(flip(w, axes: Array(0..<rank)), -1, -2) }
    if let preferredElementType {
      x = x.cast(to: preferredElementType)
      w = w.cast(to: preferredElementType)
    }
    var y = convGeneral(x, w, window.padded(pads(window, x)))
    if case .circular = padding {
      y = wrapped(y, periods: zip(x.shape.dimensions.dropFirst(), steps).map { $0 * $1 })
    }
    return b.map { y + $0 } ?? y
  }

  /// The zeros to add around the spread input, so that the padding is that of the convolution that
  /// is transposed.
  private func pads(_ window: SpatialWindow, _ x: Tensor) -> [(Int, Int)] {
    let sizes = window.dilatedKernel
    switch padding {
    case .same:
      return zip(sizes, window.inputDilation).map { size, step in
        let total = size + step - 2
        let before = step > size - 1 ? size - 1 : (total + 1) / 2
        return (before, total - before)
      }
    case .valid, .circular:
      return zip(sizes, window.inputDilation).map { size, step in
        (size - 1, step - 1 + Swift.max(size - step, 0))
      }
    case .sameLower, .reflect, .causal:
      record(LinenError(.other("Padding \(padding) is not implemented for ConvTranspose.")))
      return sizes.map { _ in (0, 0) }
    case .all, .each, .pairs:
      let still = SpatialWindow(
        kernel: window.kernel, strides: window.strides, inputDilation: window.strides,
        kernelDilation: window.kernelDilation)
      return still.resolve(padding, x).pads
    }
  }

  /// Adds what lies outside of a period to the other end, along each spatial axis.
  private func wrapped(_ y: Tensor, periods: [Int]) -> Tensor {
    var y = y
    let pads = periods.enumerated().map { axis, period in
      // To a whole number of periods, so that the input's first element starts one.
      let missing = -y.shape[axis + 1]
      let total = (((missing + period) % (2 * period)) + 2 * period) % (2 * period)
      return transposeKernel ? (total / 2, (total + 1) / 2) : ((total + 1) / 2, total / 2)
    }
    y = pad(y, [(0, 0)] + pads + [(0, 0)], constant: Counting.integer(0))
    for (index, period) in periods.enumerated() {
      var sizes = y.shape.dimensions
      sizes.replaceSubrange(index + 1...index + 1, with: [sizes[index + 1] / period, period])
      y = sum(y.reshaped(to: Shape(sizes)), axes: [index + 1])
    }
    return y
  }

  package override class var holdsModules: Bool { false }
}

extension ConvTranspose: Configurable {
  /// Makes a layer of a configuration.
  public convenience init(_ configuration: Configuration<ConvTranspose>, name: String?) {
    let c = configuration
    self.init(
      c.features, c.kernelSize, strides: c.strides, padding: c.padding,
      kernelDilation: c.kernelDilation, useBias: c.useBias, mask: c.mask, dtype: c.dtype,
      paramDtype: c.paramDtype, precision: c.precision, kernelInit: c.kernelInit,
      biasInit: c.biasInit, transposeKernel: c.transposeKernel, promoteDtype: c.promoteDtype,
      preferredElementType: c.preferredElementType, name: name)
  }
}
