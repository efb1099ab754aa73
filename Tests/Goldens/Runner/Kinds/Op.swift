import Linen
import Tensor
import Training

/// Functions of arrays by their names in Flax, jax.numpy and jax.lax.
let operations: [String: FunctionRow] = elementary.merging(arrayOperations) { first, _ in first }

/// Functions of one number.
private let elementary: [String: FunctionRow] = [
  "abs": unary(abs),
  "acos": unary(acos),
  "acosh": unary(acosh),
  "asin": unary(asin),
  "asinh": unary(asinh),
  "atan": unary(atan),
  "atanh": unary(atanh),
  "cbrt": unary(cbrt),
  "ceil": unary(ceil),
  "cos": unary(cos),
  "cosh": unary(cosh),
  "digamma": unary(digamma),
  "entr": unary(entr),
  "erf": unary(erf),
  "erf_inv": unary(erfInv),
  "erfc": unary(erfc),
  "exp": unary(exp),
  "exp2": unary(exp2),
  "expm1": unary(expm1),
  "floor": unary(floor),
  "is_finite": unary(isFinite),
  "lgamma": unary(lgamma),
  "log": unary(log),
  "log10": unary(log10),
  "log1p": unary(log1p),
  "log2": unary(log2),
  "logistic": unary(sigmoid),
  "neg": unary { -$0 },
  "negative": unary { -$0 },
  "reciprocal": unary(reciprocal),
  "rsqrt": unary(rsqrt),
  "sign": unary(sign),
  "sin": unary(sin),
  "sinc": unary(sinc),
  "sinh": unary(sinh),
  "sqrt": unary(sqrt),
  "square": unary(square),
  "tan": unary(tan),
  "tanh": unary(tanh),
  "trunc": unary(trunc),
]

private let arrayOperations: [String: FunctionRow] = [
  "take": { call in
    try call.expect(2)
    return [
      take(
        try call.tensor(0), try call.tensor(1), axis: try call.named.int("axis"),
        outOfBounds: try outOfBounds(call.named))
    ]
  },
  "promote_dtype": { call in
    let tensors = try call.positional.indices.map(call.tensor)
    let (dtype, inexact) = (try call.named.dtype("dtype"), try call.named.bool("inexact", true))
    return promoteDType(tensors, dtype: dtype, inexact: inexact)
  },
  "pad": { call in
    [pad(try call.tensor(0), try padWidths(call.named), mode: try padMode(call.named))]
  },
]

/// What `jnp.take` does with an index out of bounds.
private func outOfBounds(_ args: Arguments) throws -> OutOfBounds {
  let value: Double? = try args.double("fill_value")
  switch try args.text("mode") as String? {
  case nil, "fill": return value.map { .value($0) } ?? .fill
  case "clip": return .clip
  case "wrap": return .wrap
  case let mode?: throw NotBuilt("take mode \(mode)")
  }
}

private func padWidths(_ args: Arguments) throws -> [(Int, Int)] {
  let pairs = (args.given("pads")?.elements ?? []).map { $0.elements?.compactMap(\.integer) ?? [] }
  guard pairs.allSatisfy({ $0.count == 2 }) else { throw NotBuilt("pads that are no pairs") }
  return pairs.map { ($0[0], $0[1]) }
}

private func padMode(_ args: Arguments) throws -> PadMode {
  switch try args.text("mode") as String? {
  // What NumPy leaves undefined is 0 in JAX.
  case nil, "constant", "empty": .constant
  case "reflect": .reflect
  case "symmetric": .symmetric
  case "wrap": .wrap
  case "edge": .edge
  case "linear_ramp": .linearRamp
  case "maximum": .maximum
  case "minimum": .minimum
  case "mean": .mean
  case "median": .median
  case let mode?: throw NotBuilt("pad mode \(mode)")
  }
}
