import Linen
import Tensor
import Training

/// Dropout, and modules made of others.
let combinationModules: [String: ModuleBuilder] = [
  "Dropout": { args in
    let dropout = Dropout(
      try args.double("rate"), broadcastDims: try args.ints("broadcast_dims") ?? [],
      deterministic: try args.bool("deterministic"))
    return ModuleRow(dropout) { _, call in
      try call.expect(1)
      let key: Key? = try call.named.key("rng")
      return [
        dropout(
          try call.tensor(0), deterministic: try call.named.bool("deterministic"), rng: key)
      ]
    }
  },
  "Sequential": { args in
    let parts = try (args.given("layers")?.elements ?? []).map { try part($0, args.values) }
    return ModuleRow(Sequential(parts)) { sequential, x in sequential(x) }
  },
]

/// A part of a `Sequential`: a module, an activation, a pool or another function.
private func part(_ json: JSON, _ values: Values) throws -> Sequential.Part {
  if let name = json["module"]?.text {
    guard let layer = try module(name, json["config"], values).module as? any UnaryLayer else {
      throw NotBuilt("layer \(name)")
    }
    return .layer(layer)
  }
  if json["function"]?.text == "flatten" {
    return .function { x in x.reshaped(to: [x.shape[0], -1]) }
  }
  let (rows, name) =
    json["pool"].map { (pools, $0) } ?? (activations, json["activation"] ?? .null)
  guard let row = rows[name.text ?? ""] else { throw NotBuilt("function \(json)") }
  let arguments = json["args"] ?? .object([])
  return .function { x in
    var values = values
    values.replacements["input"] = x
    let call = Call(
      positional: [.object([.init("tensor", .string("input"))])],
      named: Arguments(arguments, values))
    return (try? row(call))?.first ?? x
  }
}
