import Linen
import Tensor
import Training

/// The default of every field of every module class.
func defaultsRows(_ table: JSON) -> [GoldenRow] {
  (table.members ?? []).map { row in
    GoldenRow("table", "defaults/\(row.key)") {
      guard let module = examples[row.key] ?? seedExamples[row.key] else {
        throw NotBuilt("defaults of \(row.key)")
      }
      let properties = properties(of: module)
      return try (row.value.members ?? []).compactMap { field in
        if field.value["required"]?.bool == true || absent.contains(field.key) { return nil }
        if let isEqual = functions["\(row.key).\(field.key)"] {
          return try isEqual(field.value)
            ? nil : "\(field.key): a function, expected \(field.value)"
        }
        guard let property = properties[renamed[field.key] ?? camelCased(field.key)] else {
          return "\(field.key): there is no such property"
        }
        return try isEqual(property, field.value)
          ? nil : "\(field.key): \(property), expected \(field.value)"
      }
    }
  }
}

/// A module of each class with nothing but what must be given.
private let examples: [String: Module] = [
  "Dense": Dense(1),
  "DenseGeneral": DenseGeneral([1]),
  "Einsum": Einsum([1]),
  "Conv": Conv(1, [1]),
  "ConvTranspose": ConvTranspose(1, [1]),
  "ConvLocal": ConvLocal(1, [1]),
  "Embed": Embed(1, 1),
  "BatchNorm": BatchNorm(),
  "LayerNorm": LayerNorm(),
  "RMSNorm": RMSNorm(),
  "GroupNorm": GroupNorm(),
  "InstanceNorm": InstanceNorm(),
  "WeightNorm": WeightNorm(Dense(1)),
  "SpectralNorm": SpectralNorm(Dense(1)),
  "Dropout": Dropout(0.5),
  "MultiHeadDotProductAttention": MultiHeadDotProductAttention(1),
  "MultiHeadAttention": MultiHeadAttention(1),
  "SelfAttention": SelfAttention(1),
  "LSTMCell": LSTMCell(1),
  "OptimizedLSTMCell": OptimizedLSTMCell(1),
  "GRUCell": GRUCell(1),
  "MGUCell": MGUCell(1),
  "SimpleCell": SimpleCell(1),
  "ConvLSTMCell": ConvLSTMCell(1, [1]),
  "RNN": RNN(GRUCell(1)),
  "Bidirectional": Bidirectional(RNN(GRUCell(1)), RNN(GRUCell(1))),
  "Sequential": Sequential([Sequential.Part]()),
  "PReLU": PReLU(),
]

/// Whether the function that a module has by default is the one that a JSON value names.
///
/// Called as properties: what reflection gives for a function can't be called.
private let functions: [String: @Sendable (JSON) throws -> Bool] = [
  "LSTMCell.gate_fn": { try isActivation(LSTMCell(1).gateFn, $0) },
  "LSTMCell.activation_fn": { try isActivation(LSTMCell(1).activationFn, $0) },
  "OptimizedLSTMCell.gate_fn": { try isActivation(OptimizedLSTMCell(1).gateFn, $0) },
  "OptimizedLSTMCell.activation_fn": { try isActivation(OptimizedLSTMCell(1).activationFn, $0) },
  "GRUCell.gate_fn": { try isActivation(GRUCell(1).gateFn, $0) },
  "GRUCell.activation_fn": { try isActivation(GRUCell(1).activationFn, $0) },
  "MGUCell.gate_fn": { try isActivation(MGUCell(1).gateFn, $0) },
  "MGUCell.activation_fn": { try isActivation(MGUCell(1).activationFn, $0) },
  "SimpleCell.activation_fn": { try isActivation(SimpleCell(1).activationFn, $0) },
  "MultiHeadDotProductAttention.attention_fn": {
    try isAttention(MultiHeadDotProductAttention(1), $0)
  },
  "MultiHeadAttention.attention_fn": { try isAttention(MultiHeadAttention(1), $0) },
  "SelfAttention.attention_fn": { try isAttention(SelfAttention(1), $0) },
  "RNN.variable_axes": { json in
    "\(RNN(GRUCell(1)).variableAxes)" == "\([:] as VariableAxes)" && json.members?.isEmpty == true
  },
  "RNN.split_rngs": { json in
    "\(RNN(GRUCell(1)).splitRNGs)" == "\(["params": false] as SplitRNGs)"
      && json.members?.count == 1 && json["params"]?.bool == false
  },
  "Bidirectional.merge_fn": { json in
    let layer = Bidirectional(RNN(GRUCell(1)), RNN(GRUCell(1)))
    let merged = layer.mergeFn(Tensor.ones([1, 2]), Tensor.zeros([1, 3]))
    return json["function"]?.text == "concatenate" && merged.shape == [1, 5]
  },
]

private func isActivation(_ function: ActivationFunction, _ json: JSON) throws -> Bool {
  let x = Tensor([-1.5, 0.5, 4])
  let call = Call(
    positional: [.object([.init("tensor", .string("x"))])],
    named: Arguments(nil, Values(tensors: ["x": x])))
  let expected = try activations[json["activation"]?.text ?? ""]?(call).first
  return try expected?.scalars(as: Float.self) == function(x).scalars(as: Float.self)
}

private func isAttention(_ layer: AttentionLayer, _ json: JSON) throws -> Bool {
  let x = Random.normal(Key(0), [2, 1, 3])
  let y = layer.attentionFn(AttentionInputs(query: x, key: x, value: x))
  let expected = try dotProductAttention(x, x, x).scalars(as: Float.self)
  return try json["python"]?.text == "dot_product_attention"
    && y.scalars(as: Float.self) == expected
}

/// Fields that this package has no word for: what to return is said by the method.
private let absent: Set<String> = ["return_carry"]

/// Properties whose names are not Flax's in Swift's case.
private let renamed = [
  "normalize_qk": "normalizeQK",
  "force_float32_reductions": "forceFloat32Reductions",
]

private func camelCased(_ name: String) -> String {
  let words = name.split(separator: "_")
  return words.prefix(1).joined() + words.dropFirst().map(\.capitalized).joined()
}

private func properties(of module: Module) -> [String: Any] {
  var result: [String: Any] = [:]
  var mirror: Mirror? = Mirror(reflecting: module)
  while let current = mirror {
    for child in current.children { result[child.label ?? ""] = child.value }
    mirror = current.superclassMirror
  }
  return result
}

private func isEqual(_ property: Any, _ json: JSON) throws -> Bool {
  switch property {
  case let value as Bool: return json.bool == value
  case let value as Int: return json.integer == value
  case let value as Double: return json.double == value
  case let value as String: return json.text == value
  case let value as DType: return json.text == value.name
  case let value as [Int]:
    return json.integer.map { [$0] == value } ?? (json.elements?.compactMap(\.integer) == value)
  case let value as Set<String>: return json.elements.map { Set($0.compactMap(\.text)) } == value
  case let value as PerAxis: return json.integer == value.values.first
  case let value as Axes:
    return json.integer.map { Axes($0) == value }
      ?? (json.elements?.compactMap(\.integer) == value.values)
  case let value as PromoteDTypeFunction: return json["python"]?.text == value.name
  case let value as CollectionFilter: return try goldenFilter(json) ?? .none == value
  case let value as Padding: return json.text == value.description
  case let value as Initializer:
    guard let name = json["initializer"]?.text else { return false }
    return try value.description == expected(name, json["args"]).description
  default:
    let mirror = Mirror(reflecting: property)
    guard mirror.displayStyle == .optional else { throw NotBuilt("default \(property)") }
    return try mirror.children.first.map { try isEqual($0.value, json) } ?? json.isNull
  }
}

private func expected(_ name: String, _ args: JSON?) throws -> Initializer {
  try goldenInitializer(name, Arguments(args, Values(tensors: [:])))
}
