import Linen

/// A convolution over a sequence whose output i depends on inputs up to i alone, or before it.
///
///     let layer = MaskedConv1D(features: 8, kernelSize: 3, kernelDilation: 1, exclusive: true)
///     let y = layer(x)   // [batch, length, channels] to [batch, length, 8]
///
/// `y[i] = sum over t of x[i - t * dilation] W[t] + b`, with t from 0, or from 1 if `exclusive`;
/// what lies before the first place is 0. There is no mask: the padding is on one side. Parameters:
/// `kernel` `[taps, channels / groups, features]`, of `kernelSize` taps, or one less if exclusive,
/// and `bias` `[features]`. Of the layers of a model only the first is exclusive. Mirrors
/// `netket.nn.MaskedConv1D`, https://netket.readthedocs.io; causal convolutions are described in
/// "WaveNet: A Generative Model for Raw Audio", https://arxiv.org/abs/1609.03499
public final class MaskedConv1D: Module, UnaryLayer, @unchecked Sendable {
  /// The number of kernels: the size of the last axis of the result.
  public let features: Int
  /// The size of the window, with the place of the output.
  public let kernelSize: Int
  /// How far apart kernel elements lie.
  public let kernelDilation: Int
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
  /// Makes the kernel.
  public let kernelInit: Initializer
  /// Makes the bias.
  public let biasInit: Initializer

  /// Makes a causal convolution with `features` kernels of a window.
  public init(
    features: Int, kernelSize: Int, kernelDilation: Int, exclusive: Bool,
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

  /// Convolves `[batch, length, channels]`, or `[length, channels]`.
  ///
  /// Records an error for another number of axes, for channels that the groups don't divide, and
  /// for a window that holds no place but the output's own if that is excluded.
  public func callAsFunction(_ inputs: Tensor) -> Tensor {
    compact(inputs) { inputs in
      withOneBatchAxis(inputs, placeAxes: 1, "MaskedConv1D") { x in
        let taps = kernelSize - (exclusive ? 1 : 0)
        guard taps > 0, kernelDilation > 0 else {
          record(
            TensorError(
              "MaskedConv1D",
              .argumentInvalid(
                name: "kernelSize, kernelDilation", value: "\(kernelSize), \(kernelDilation)",
                expected: exclusive ? "at least 2 and 1 where it is exclusive" : "at least 1"),
              [.init("inputs", x.type)]))
          return x
        }
        guard checkGroups(x, featureGroupCount, "MaskedConv1D") else { return x }
        let bias = useBias ? param("bias", biasInit, [features], dtype: paramDtype) : nil
        let kernel = param(
          "kernel", kernelInit, [taps, x.shape[-1] / featureGroupCount, features],
          dtype: paramDtype)
        let (a, w, b) = promoteDType(x, kernel, bias)
        // If exclusive, the last inputs are seen by no output.
        let before = (taps - (exclusive ? 0 : 1)) * kernelDilation
        let y = padding(
          a, [.init(before, exclusive ? -kernelDilation : 0)]
        ) { a, pads in
          convGeneralDilated(
            a, w, padding: .explicit(pads), kernelDilation: [kernelDilation],
            featureGroups: featureGroupCount)
        }
        return b.map { y + $0 } ?? y
      }
    }
  }
}

extension MaskedConv1D: Configurable {
  /// Makes a layer of a configuration.
  public convenience init(_ configuration: Configuration<MaskedConv1D>, name: String?) {
    let c = configuration
    self.init(
      features: c.features, kernelSize: c.kernelSize, kernelDilation: c.kernelDilation,
      exclusive: c.exclusive, featureGroupCount: c.featureGroupCount, useBias: c.useBias,
      paramDtype: c.paramDtype, precision: c.precision, kernelInit: c.kernelInit,
      biasInit: c.biasInit, name: name)
  }
}
