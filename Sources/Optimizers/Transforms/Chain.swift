import Tensor

/// Does transformations one after the other, each on what the one before made.
///
/// The state is the tuple of their states.
///
/// Mirrors `optax.chain`.
public func chain(_ transformations: GradientTransformation...) -> GradientTransformation {
  chain(transformations)
}

/// Does transformations one after the other, each on what the one before made.
public func chain(_ transformations: [GradientTransformation]) -> GradientTransformation {
  GradientTransformation(
    initialize: { params in .tuple(transformations.map { $0.initialize(params) }) },
    update: { updates, state, arguments in
      var updates = updates
      var next: [OptimizerState] = []
      for (index, transformation) in transformations.enumerated() {
        let result = transformation.update(updates, state[index], arguments)
        updates = result.updates
        next.append(result.state)
      }
      return (updates, .tuple(next))
    })
}

/// Does named transformations one after the other; the state is the dictionary of their states.
///
/// Mirrors `optax.named_chain`. Records an error if two have the same name.
public func namedChain(
  _ transformations: KeyValuePairs<String, GradientTransformation>
) -> GradientTransformation {
  let named = transformations.map { (name: $0.key, transformation: $0.value) }
  let names = named.map(\.name)
  if Set(names).count != names.count {
    record(
      TensorError(
        "namedChain",
        .argumentInvalid(name: "names", value: "\(names)", expected: "distinct names")))
  }
  return GradientTransformation(
    initialize: { params in
      .dictionary(named.map { ($0.name, $0.transformation.initialize(params)) })
    },
    update: { updates, state, arguments in
      var updates = updates
      var next: [(String, OptimizerState)] = []
      for (name, transformation) in named {
        let result = transformation.update(updates, state[name], arguments)
        updates = result.updates
        next.append((name, result.state))
      }
      return (updates, .dictionary(next))
    })
}
