// The activation functions of flax.linen, with its formulas and defaults.

/// Computes max(x, 0); the derivative at 0 is 0.
public func relu(_ x: Tensor) -> Tensor {
  Relu()(x.dtype == .bool ? x.converted(.defaultInteger) : x)
}

/// Computes min(max(x, 0), 6); the derivative at 0 and 6 is 0.
public func relu6(_ x: Tensor) -> Tensor {
  let x = inexact(x)
  return bind(Clamp(), zeros(like: x), x, full(like: x, 6))
}

/// Computes x where it is positive, else `negativeSlope` times x.
public func leakyReLU(_ x: Tensor, negativeSlope: Double = 0.01) -> Tensor {
  let x = inexact(x)
  return which(x .>= 0, x, x * negativeSlope)
}

/// Computes x where it is positive, else alpha (exp(x) - 1). "Fast and Accurate Deep Network
/// Learning by Exponential Linear Units (ELUs)", https://arxiv.org/abs/1511.07289
public func elu(_ x: Tensor, alpha: Double = 1) -> Tensor {
  let x = inexact(x)
  let isPositive = x .> 0
  // The exponential of a large positive x would make the derivative NaN.
  let power = expm1(which(Counting.isOn ? x .> 0 : isPositive, 0.0, x))
  return which(isPositive, x, alpha == 1 ? power : power * alpha)
}

/// Computes max(x, 0) + alpha (exp(min(x, 0) / alpha) - 1), which is smooth for every alpha.
/// "Continuously Differentiable Exponential Linear Units", https://arxiv.org/abs/1704.07483
public func celu(_ x: Tensor, alpha: Double = 1) -> Tensor {
  let power = expm1(minimum(x, 0.0) / alpha)
  return maximum(x, 0.0) + (alpha == 1 ? power : power * alpha)
}

/// Computes elu with the scale and alpha that keep mean and variance. "Self-Normalizing Neural
/// Networks", https://arxiv.org/abs/1706.02515
public func selu(_ x: Tensor) -> Tensor {
  elu(x, alpha: 1.6732632423543772848170429916717) * 1.0507009873554804934193349852946
}

/// Computes x times the normal distribution's cumulative function; by default its tanh
/// approximation.
///
/// Approximate: x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))); exact: x/2 erfc(-x / sqrt(2)).
/// "Gaussian Error Linear Units (GELUs)", https://arxiv.org/abs/1606.08415
public func gelu(_ x: Tensor, approximate: Bool = true) -> Tensor {
  let x = inexact(x)
  guard approximate else { return x * 0.5 * erfc(-x * 0.70710678118654752440) }
  let inner = (x + pow(x, 3) * 0.044715) * 0.79788456080286535588
  return x * ((tanh(inner) + 1.0) * 0.5)
}

/// Computes the first half of the elements along `axis` times the sigmoid of the second.
///
/// Records an error if the axis has an odd size. "Language Modeling with Gated Convolutional
/// Networks", https://arxiv.org/abs/1612.08083
public func glu(_ x: Tensor, axis: Int = -1) -> Tensor {
  guard let index = resolvedAxis("glu", x, axis) else { return x }
  let size = x.shape.dimensions[index]
  guard size % 2 == 0 else {
    record(
      TensorError(
        "glu", .argumentInvalid(name: "size", value: "\(size)", expected: "an even one"),
        [.init("operand", x.type, axis: index)]))
    return x
  }
  let halves = split(x, into: 2, axis: index)
  return halves[0] * sigmoid(halves[1])
}

/// Computes the logistic function 1 / (1 + exp(-x)).
public func sigmoid(_ x: Tensor) -> Tensor { Logistic()(inexact(x)) }

/// Computes log(sigmoid(x)) = -softplus(-x).
public func logSigmoid(_ x: Tensor) -> Tensor { -softplus(-inexact(x)) }

/// Computes x sigmoid(x), also known as swish. "Sigmoid-Weighted Linear Units for Neural Network
/// Function Approximation in Reinforcement Learning", https://arxiv.org/abs/1702.03118
public func silu(_ x: Tensor) -> Tensor {
  let x = inexact(x)
  return x * Logistic()(x)
}

/// Computes log(1 + exp(x)) without overflow.
public func softplus(_ x: Tensor) -> Tensor { logAddExp(x, 0.0, LogAddExp(isOfZero: true)) }

/// Computes x / (|x| + 1).
public func softSign(_ x: Tensor) -> Tensor {
  let x = inexact(x)
  return x / (abs(x) + 1)
}

/// Computes relu6(x + 3) / 6.
public func hardSigmoid(_ x: Tensor) -> Tensor { relu6(inexact(x) + 3.0) / 6.0 }

/// Computes x hardSigmoid(x), also known as hard swish. "Searching for MobileNetV3",
/// https://arxiv.org/abs/1905.02244
public func hardSilu(_ x: Tensor) -> Tensor {
  let x = inexact(x)
  return x * hardSigmoid(x)
}

/// Computes x, cut to between -1 and 1.
public func hardTanh(_ x: Tensor) -> Tensor {
  which(x .> 1, Counting.integer(1), which(x .< -1, Counting.integer(-1), x))
}

/// Computes x sigmoid(x), as `silu`, by the name that Flax gives it too.
public func swish(_ x: Tensor) -> Tensor { silu(x) }

/// Computes x hardSigmoid(x), as `hardSilu`, by the name that Flax gives it too.
public func hardSwish(_ x: Tensor) -> Tensor { hardSilu(x) }

/// Computes (x + sqrt(x^2 + b)) / 2, a smooth relu without exponentials. "Squareplus: A
/// Softplus-Like Algebraic Rectifier", https://arxiv.org/abs/2112.11687
public func squareplus(_ x: Tensor, b: Double = 4) -> Tensor {
  let x = inexact(x)
  return (x + sqrt(square(x) + b)) / 2
}

/// Computes x tanh(softplus(x)). "Mish: A Self Regularized Non-Monotonic Activation Function",
/// https://arxiv.org/abs/1908.08681
public func mish(_ x: Tensor) -> Tensor {
  let x = inexact(x)
  return x * tanh(softplus(x))
}

/// Computes 0 below -1, x above 1, and (x + 1)^2 / 4 between.
public func sparsePlus(_ x: Tensor) -> Tensor {
  let x = inexact(x)
  return which(x .<= -1, 0, which(x .>= 1, x, square(x + 1) / 4))
}

/// Computes (x + 1) / 2 cut to between 0 and 1, the derivative of `sparsePlus`.
public func sparseSigmoid(_ x: Tensor) -> Tensor {
  clip(inexact(x) + 1, low: 0, high: 2) * 0.5
}
