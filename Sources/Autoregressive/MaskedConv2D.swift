import Linen

/// A convolution over images whose output depends on the pixels above, and on those to the left in
/// its own row.
///
///     let layer = MaskedConv2D(
///       features: 8, kernelSize: [2, 3], kernelDilation: [1, 1], exclusive: true)
///     let y = layer(x)   // [batch, height, width, channels] to [batch, height, width, 8]
///
/// Pixels are ordered as they are read, row by row. The window ends in the output's row, in the
/// middle of which is the output; a mask sets the kernel to 0 behind that, and there too if
/// `exclusive`. Parameters: `kernel` `[height, width, channels / groups, features]` and `bias`
/// `[features]`. Mirrors `netket.nn.MaskedConv2D`, https://netket.readthedocs.io; known as
/// PixelCNN, "Pixel Recurrent Neural Networks", https://arxiv.org/abs/1601.06759
public final class MaskedConv2D: Module, UnaryLayer, @unchecked Sendable {
  /// The number of kernels: the size of the last axis of the result.
  public let features: Int
  /// The height and width of the window; usually the height is width / 2 + 1.
  public let kernelSize: [Int]
  /// How far apart kernel elements lie, down and across.
  public let kernelDilation: [Int]
  /// Whether an output does not depend on the input at its own place.
  public let exclusive: Bool
  /// The number of groups into which the channels are divided, each with its own kernels.
  public let featureGroupCount: Int
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

  /// Makes a masked convolution with `features` kernels of a window.
  public init(
    features: Int, kernelSize: [Int], kernelDilation: [Int], exclusive: Bool,
    featureGroupCount: Int = 1, useBias: Bool = true, paramDtype: DType = .float64,
    precision: Precision? = nil, kernelInit: Initializer = defaultKernelInit,
    biasInit: Initializer = .zeros, name: String? = nil
  ) {
    self.features = features
    self.kernelSize = kernelSize
    self.kernelDilation = kernelDilation
    self.exclusive = exclusive
    self.featureGroupCount = featureGroupCount
    self.useBias = useBias
    self.paramDtype = paramDtype
    self.precision = precision
    self.kernelInit = kernelInit
    self.biasInit = biasInit
    super.init(name: name)
  }

  /// Convolves `[batch, height, width, channels]`, or an image without the batch.
  ///
  /// Records an error for another number of axes, for a window that is not of two sizes, and for
  /// channels that the groups don't divide.
  public func callAsFunction(_ inputs: Tensor) -> Tensor {
    compact(inputs) { inputs in
      withOneBatchAxis(inputs, placeAxes: 2, "MaskedConv2D") { x in
        let sizes = kernelSize + kernelDilation
        guard kernelSize.count == 2, sizes.count == 4, sizes.allSatisfy({ $0 > 0 }) else {
          record(
            TensorError(
              "MaskedConv2D",
              .argumentInvalid(
                name: "kernelSize, kernelDilation", value: "\(kernelSize), \(kernelDilation)",
                expected: "two sizes each, of at least 1"), [.init("inputs", x.type)]))
          return x
        }
        guard checkGroups(x, featureGroupCount, "MaskedConv2D") else { return x }
        return convolve(x)
      }
    }
  }

  private func convolve(_ x: Tensor) -> Tensor {
    let (h, w) = (kernelSize[0], kernelSize[1])
    let visible = (0..<h).flatMap { row in
      (0..<w).map { row < h - 1 || $0 < w / 2 + (exclusive ? 0 : 1) ? 1.0 : 0.0 }
    }
    let mask = Tensor(visible, shape: [h, w, 1, 1], dtype: paramDtype)
    let kernel = param(
      "kernel", masked(kernelInit, mask), [h, w, x.shape[-1] / featureGroupCount, features],
      dtype: paramDtype)
    let bias = useBias ? param("bias", biasInit, [features], dtype: paramDtype) : nil
    let (a, k, b) = promoteDType(x, mask * kernel, bias)
    let side = kernelDilation[1]
    let y = padding(
      a, [.init((h - 1) * kernelDilation[0], 0), .init(w / 2 * side, (w - 1) / 2 * side)]
    ) { a, pads in
      convGeneralDilated(
        a, k, padding: .explicit(pads), kernelDilation: kernelDilation,
        featureGroups: featureGroupCount)
    }
    return b.map { y + $0 } ?? y
  }
}

extension MaskedConv2D: Configurable {
  /// Makes a layer of a configuration.
  public convenience init(_ configuration: Configuration<MaskedConv2D>, name: String?) {
    let c = configuration
    self.init(
      features: c.features, kernelSize: c.kernelSize, kernelDilation: c.kernelDilation,
      exclusive: c.exclusive, featureGroupCount: c.featureGroupCount, useBias: c.useBias,
      paramDtype: c.paramDtype, precision: c.precision, kernelInit: c.kernelInit,
      biasInit: c.biasInit, name: name)
  }
}
