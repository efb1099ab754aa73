/// What an activation or gate does, as a part of a configuration: `GRUCell(64, activationFn: .relu)`.
///
/// The functions of `flax.linen` and `jax.nn` are static members; a function of your own gets a name
/// by ``NamedFunction/init(_:_:)``.
public typealias ActivationFunction = NamedFunction<@Sendable (Tensor) -> Tensor>

extension NamedFunction where Function == @Sendable (Tensor) -> Tensor {
  /// Applies the function.
  public func callAsFunction(_ x: Tensor) -> Tensor { function(x) }

  /// The function ``celu(_:alpha:)`` with alpha 1.
  public static var celu: Self { Self(standard: "celu") { Tensor::celu($0) } }

  /// The function ``elu(_:alpha:)`` with alpha 1.
  public static var elu: Self { Self(standard: "elu") { Tensor::elu($0) } }

  /// The tanh approximation of ``gelu(_:approximate:)``.
  public static var gelu: Self { Self(standard: "gelu") { Tensor::gelu($0) } }

  /// The function ``glu(_:axis:)`` of the last axis, of which it leaves half.
  public static var glu: Self { Self(standard: "glu") { Tensor::glu($0) } }

  /// The function ``hardSigmoid(_:)``.
  public static var hardSigmoid: Self { Self(standard: "hard_sigmoid") { Tensor::hardSigmoid($0) } }

  /// The function ``hardSilu(_:)``.
  public static var hardSilu: Self { Self(standard: "hard_silu") { Tensor::hardSilu($0) } }

  /// The function ``hardSilu(_:)`` by its other name.
  public static var hardSwish: Self { hardSilu }

  /// The function ``hardTanh(_:)``.
  public static var hardTanh: Self { Self(standard: "hard_tanh") { Tensor::hardTanh($0) } }

  /// The input itself.
  public static var identity: Self { Self(standard: "identity") { $0 } }

  /// The function ``leakyReLU(_:negativeSlope:)`` with a slope of 0.01.
  public static var leakyReLU: Self { Self(standard: "leaky_relu") { Tensor::leakyReLU($0) } }

  /// The function ``logSigmoid(_:)``.
  public static var logSigmoid: Self { Self(standard: "log_sigmoid") { Tensor::logSigmoid($0) } }

  /// The function ``logSoftmax(_:axis:where:)`` of the last axis.
  public static var logSoftmax: Self { Self(standard: "log_softmax") { Tensor::logSoftmax($0) } }

  /// The function ``mish(_:)``.
  public static var mish: Self { Self(standard: "mish") { Tensor::mish($0) } }

  /// The function ``relu(_:)``.
  public static var relu: Self { Self(standard: "relu") { Tensor::relu($0) } }

  /// The function ``relu6(_:)``.
  public static var relu6: Self { Self(standard: "relu6") { Tensor::relu6($0) } }

  /// The function ``selu(_:)``.
  public static var selu: Self { Self(standard: "selu") { Tensor::selu($0) } }

  /// The logistic function, ``sigmoid(_:)``.
  public static var sigmoid: Self { Self(standard: "sigmoid") { Tensor::sigmoid($0) } }

  /// The function ``silu(_:)``.
  public static var silu: Self { Self(standard: "silu") { Tensor::silu($0) } }

  /// The function ``softSign(_:)``.
  public static var softSign: Self { Self(standard: "soft_sign") { Tensor::softSign($0) } }

  /// The function ``softmax(_:axis:where:)`` of the last axis.
  public static var softmax: Self { Self(standard: "softmax") { Tensor::softmax($0) } }

  /// The function ``softplus(_:)``.
  public static var softplus: Self { Self(standard: "softplus") { Tensor::softplus($0) } }

  /// The function ``sparsePlus(_:)``.
  public static var sparsePlus: Self { Self(standard: "sparse_plus") { Tensor::sparsePlus($0) } }

  /// The function ``sparseSigmoid(_:)``.
  public static var sparseSigmoid: Self {
    Self(standard: "sparse_sigmoid") { Tensor::sparseSigmoid($0) }
  }

  /// The function ``squareplus(_:b:)`` with b 4.
  public static var squareplus: Self { Self(standard: "squareplus") { Tensor::squareplus($0) } }

  /// The function ``standardize(_:axis:mean:variance:epsilon:where:)`` of the last axis.
  public static var standardize: Self { Self(standard: "standardize") { Tensor::standardize($0) } }

  /// The function ``silu(_:)`` by its other name.
  public static var swish: Self { silu }

  /// The hyperbolic tangent, ``tanh(_:)``.
  public static var tanh: Self { Self(standard: "tanh") { Tensor::tanh($0) } }
}
