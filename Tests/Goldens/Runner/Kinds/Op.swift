import Linen
import Tensor
import Training

/// Functions of arrays by their names in Flax, jax.numpy and jax.lax.
let operations: [String: FunctionRow] = [
  "erf": unary(erf),
  "erf_inv": unary(erfInv),
  "log": unary(log),
  "log1p": unary(log1p),
  "exp": unary(exp),
  "expm1": unary(expm1),
  "tanh": unary(tanh),
  "logistic": unary(sigmoid),
  "rsqrt": unary(rsqrt),
  "take": { call in
    try call.expect(2)
    return [take(try call.tensor(0), try call.tensor(1), axis: try call.named.int("axis"))]
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

private func padWidths(_ args: Arguments) throws -> [(Int, Int)] {
  let pairs = (args.given("pads")?.elements ?? []).map { $0.elements?.compactMap(\.integer) ?? [] }
  guard pairs.allSatisfy({ $0.count == 2 }) else { throw NotBuilt("pads that are no pairs") }
  return pairs.map { ($0[0], $0[1]) }
}

private func padMode(_ args: Arguments) throws -> PadMode {
  switch try args.text("mode") as String? {
  case nil, "constant": .constant
  case "reflect": .reflect
  case "symmetric": .symmetric
  case "wrap": .wrap
  case "edge": .edge
  case let mode?: throw NotBuilt("pad mode \(mode)")
  }
}
