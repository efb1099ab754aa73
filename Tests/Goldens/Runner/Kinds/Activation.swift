import Tensor
import Training

/// The activation functions by their names in flax.linen.
let activations: [String: FunctionRow] = [
  "relu": unary { relu($0) },
  "relu6": unary(relu6),
  "leaky_relu": { call in
    guard let slope = try call.named.double("negative_slope") as Double? else {
      return [leakyReLU(try call.tensor(0))]
    }
    return [leakyReLU(try call.tensor(0), negativeSlope: slope)]
  },
  "elu": { call in
    guard let alpha = try call.named.double("alpha") as Double? else {
      return [elu(try call.tensor(0))]
    }
    return [elu(try call.tensor(0), alpha: alpha)]
  },
  "celu": { call in
    guard let alpha = try call.named.double("alpha") as Double? else {
      return [celu(try call.tensor(0))]
    }
    return [celu(try call.tensor(0), alpha: alpha)]
  },
  "selu": unary(selu),
  "gelu": { call in
    guard let approximate = try call.named.bool("approximate") else {
      return [gelu(try call.tensor(0))]
    }
    return [gelu(try call.tensor(0), approximate: approximate)]
  },
  "glu": { call in
    guard let axis = try call.named.int("axis") as Int? else { return [glu(try call.tensor(0))] }
    return [glu(try call.tensor(0), axis: axis)]
  },
  "sigmoid": unary(sigmoid),
  "log_sigmoid": unary(logSigmoid),
  "silu": unary(silu),
  "swish": unary(silu),
  "softplus": unary(softplus),
  "soft_sign": unary(softSign),
  "hard_sigmoid": unary(hardSigmoid),
  "hard_silu": unary(hardSilu),
  "hard_swish": unary(hardSilu),
  "hard_tanh": unary(hardTanh),
  "tanh": unary(tanh),
  "softmax": { call in
    let mask = try call.named.tensor("where")
    guard let axes = try call.named.ints("axis") else {
      return [softmax(try call.tensor(0), where: mask)]
    }
    return [softmax(try call.tensor(0), axes: axes, where: mask)]
  },
  "log_softmax": { call in
    let mask = try call.named.tensor("where")
    guard let axes = try call.named.ints("axis") else {
      return [logSoftmax(try call.tensor(0), where: mask)]
    }
    return [logSoftmax(try call.tensor(0), axes: axes, where: mask)]
  },
  "logsumexp": { call in
    [
      logSumExp(
        try call.tensor(0), axes: try call.named.ints("axis"),
        keepingAxes: try call.named.bool("keepdims", false),
        where: try call.named.tensor("where"), weights: try call.named.tensor("b"))
    ]
  },
  "standardize": standardized,
  "normalize": standardized,
  "one_hot": { call in
    let classes: Int = try call.named.int("num_classes")
    let (axis, dtype) =
      (try call.named.int("axis"), try call.named.dtype("dtype")) as (Int?, DType?)
    if axis == nil, dtype == nil { return [oneHot(try call.tensor(0), classes: classes)] }
    return [
      oneHot(try call.tensor(0), classes: classes, axis: axis ?? -1, dtype: dtype ?? .defaultFloat)
    ]
  },
]

private let standardized: FunctionRow = { call in
  let mask = try call.named.tensor("where")
  let (mean, variance) = (try call.named.tensor("mean"), try call.named.tensor("variance"))
  let axes: [Int]? = try call.named.ints("axis")
  let epsilon: Double? = try call.named.double("epsilon")
  if axes == nil, epsilon == nil {
    return [standardize(try call.tensor(0), mean: mean, variance: variance, where: mask)]
  }
  return [
    standardize(
      try call.tensor(0), axes: axes ?? [-1], mean: mean, variance: variance,
      epsilon: epsilon ?? 1e-5, where: mask)
  ]
}
