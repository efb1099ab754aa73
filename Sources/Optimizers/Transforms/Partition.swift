import Tensor

/// Does one of several transformations on each parameter, the one that `label` names.
///
/// Mirrors `optax.partition` (`multi_transform`). Records an error if there is no transformation of
/// that name.
///
///     multiTransform(["train": adam(0.001), "freeze": setToZero()]) { path, _ in
///       path.keys.contains(.key("encoder")) ? "freeze" : "train"
///     }
public func multiTransform(
  _ transformations: KeyValuePairs<String, GradientTransformation>,
  label: @escaping @Sendable (_ path: TreePath, _ parameter: Tensor) -> String
) -> GradientTransformation {
  let groups = transformations.map { name, transformation in
    (name: name, masked: masked(transformation, ParameterMask { label($0, $1) == name }))
  }
  return GradientTransformation(
    initialize: { params in
      for (path, leaf) in zip(params.paths, params.leaves) {
        let name = label(path, leaf)
        if !groups.contains(where: { $0.name == name }) {
          record(
            TensorError(
              "multiTransform",
              .argumentInvalid(
                name: "the label of \(path)", value: "\"\(name)\"",
                expected: "one of \(groups.map(\.name))")))
        }
      }
      return .fields([
        "inner_states": .dictionary(groups.map { ($0.name, $0.masked.initialize(params)) })
      ])
    },
    update: { updates, state, arguments in
      var updates = updates
      var next: [(String, OptimizerState)] = []
      for (name, masked) in groups {
        let result = masked.update(updates, state["inner_states"][name], arguments)
        updates = result.updates
        next.append((name, result.state))
      }
      return (updates, .fields(["inner_states": .dictionary(next)]))
    })
}

/// Keeps the parameters that `mask` selects as they are.
///
/// Mirrors `optax.freeze`.
public func freeze(_ mask: ParameterMask) -> GradientTransformation { masked(setToZero(), mask) }

/// Trains the parameters that `freezing` does not select; those stay as they are.
///
/// Mirrors `optax.selective_transform`.
public func selectiveTransform(
  _ optimizer: GradientTransformation, freezing mask: ParameterMask
) -> GradientTransformation {
  multiTransform(["train": optimizer, "freeze": setToZero()]) { mask($0, $1) ? "freeze" : "train" }
}
