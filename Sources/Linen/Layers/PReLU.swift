/// The rectifier with a slope that is learned for inputs below 0.
///
/// `y = x where x >= 0, slope * x elsewhere`, elementwise. Parameter: `negative_slope`, one scalar
/// for all channels, which begins at 0.01, in PyTorch at 0.25. "Delving Deep into Rectifiers:
/// Surpassing Human-Level Performance on ImageNet Classification", https://arxiv.org/abs/1502.01852
/// Mirrors `flax.linen.PReLU`.
public final class PReLU: Module, UnaryLayer, @unchecked Sendable {
  /// The dtype of a new slope.
  public let paramDtype: DType
  /// The first slope.
  public let negativeSlopeInit: Double

  /// Makes a rectifier with a first slope.
  public init(
    paramDtype: DType = .float32, negativeSlopeInit: Double = 0.01, name: String? = nil
  ) {
    self.paramDtype = paramDtype
    self.negativeSlopeInit = negativeSlopeInit
    super.init(name: name)
  }

  /// Applies the rectifier elementwise.
  public func callAsFunction(_ inputs: Tensor) -> Tensor {
    compact(inputs) { inputs in
      let slope = param("negative_slope", .constant(negativeSlopeInit), [], dtype: paramDtype)
      return which(inputs .>= 0, inputs, slope.cast(to: inputs.dtype) * inputs)
    }
  }

  package override class var holdsModules: Bool { false }
}

extension PReLU: Configurable {
  /// Makes a layer of a configuration.
  public convenience init(_ configuration: Configuration<PReLU>, name: String?) {
    let c = configuration
    self.init(paramDtype: c.paramDtype, negativeSlopeInit: c.negativeSlopeInit, name: name)
  }
}
