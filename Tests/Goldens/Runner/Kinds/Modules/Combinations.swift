import Linen
import Tensor
import Training

/// Dropout, and modules made of others.
let combinationModules: [String: ModuleBuilder] = [
  "Dropout": { args in
    let dropout = Dropout(
      try args.double("rate"), broadcastDims: try args.ints("broadcast_dims") ?? [],
      deterministic: try args.bool("deterministic"),
      rngCollection: try args.text("rng_collection") ?? "dropout")
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
    let sequential = Sequential(parts)
    return ModuleRow(sequential) { _, call in
      sequential(try call.positional.indices.map { try call.tensor($0) })
    }
  },
  "WeightNorm": { args in
    guard let layer = try layer(args) else { throw NotBuilt("layer_instance") }
    return try weightNormRow(layer, args)
  },
  "SpectralNorm": { args in
    guard let layer = try layer(args) else { throw NotBuilt("layer_instance") }
    return try spectralNormRow(layer, args)
  },
]

/// The layer that a wrapper wraps; nil if it is not one of one tensor.
private func layer(_ args: Arguments) throws -> (any UnaryLayer)? {
  guard let json = args.given("layer_instance"), let name = json["module"]?.text else { return nil }
  return try module(name, json["config"], args.values).module as? any UnaryLayer
}

private func weightNormRow<Layer: UnaryLayer>(
  _ layer: Layer, _ args: Arguments
) throws -> ModuleRow {
  let defaults = WeightNorm(layer)
  let filter = args.given("variable_filter")?.elements.map { Set($0.compactMap(\.text)) }
  return ModuleRow(
    WeightNorm(
      layer, epsilon: try args.double("epsilon", defaults.epsilon),
      dtype: try args.dtype("dtype"),
      paramDtype: try args.dtype("param_dtype") ?? defaults.paramDtype,
      useScale: try args.bool("use_scale", defaults.useScale),
      scaleInit: try args.initializer("scale_init") ?? defaults.scaleInit,
      featureAxes: args.isNull("feature_axes")
        ? nil : try args.axes("feature_axes") ?? defaults.featureAxes,
      variableFilter: args.isNull("variable_filter") ? nil : filter ?? defaults.variableFilter)
  ) { norm, x in norm(x) }
}

private func spectralNormRow<Layer: UnaryLayer>(
  _ layer: Layer, _ args: Arguments
) throws -> ModuleRow {
  let defaults = SpectralNorm(layer)
  let norm = SpectralNorm(
    layer, nSteps: try args.int("n_steps", defaults.nSteps),
    epsilon: try args.double("epsilon", defaults.epsilon), dtype: try args.dtype("dtype"),
    paramDtype: try args.dtype("param_dtype") ?? defaults.paramDtype,
    errorOnNonMatrix: try args.bool("error_on_non_matrix", defaults.errorOnNonMatrix),
    collectionName: try args.text("collection_name") ?? defaults.collectionName)
  return ModuleRow(norm) { _, call in
    try call.expect(1)
    return [norm(try call.tensor(0), updateStats: try call.named.bool("update_stats", false))]
  }
}

/// A part of a `Sequential`: a module, an activation, a pool or another function.
private func part(_ json: JSON, _ values: Values) throws -> Sequential.Part {
  if let name = json["module"]?.text {
    guard let layer = try module(name, json["config"], values).module as? any UnaryLayer else {
      throw NotBuilt("layer \(name)")
    }
    return .layer(layer)
  }
  return .function(try goldenFunction(json, values))
}

/// The function of one tensor that a JSON value describes: an activation, a pool, or `flatten`.
func goldenFunction(
  _ json: JSON, _ values: Values
) throws -> @Sendable (Tensor) -> Tensor {
  if json["function"]?.text == "flatten" { return { x in x.reshaped(to: [x.shape[0], -1]) } }
  let (rows, name) =
    json["pool"].map { (pools, $0) } ?? (activations, json["activation"] ?? .null)
  guard let row = rows[name.text ?? ""] else { throw NotBuilt("function \(json)") }
  return { x in
    var values = values
    values.replacements["input"] = x
    let call = Call(
      positional: [.object([.init("tensor", .string("input"))])],
      named: Arguments(json["args"], values))
    do {
      guard let result = try row(call).first else { return x }
      try call.named.checkAllRead()
      return result
    } catch {
      record(error)
      return x
    }
  }
}
