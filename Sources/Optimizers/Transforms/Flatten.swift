import Tensor

/// Does a transformation on all tensors as one vector.
///
/// Mirrors `optax.flatten`: fewer, longer loops for models with very many small tensors. The state is
/// that of a vector, and what `inner` does by tensors, such as trust ratios, becomes global.
public func flatten(_ inner: GradientTransformation) -> GradientTransformation {
  GradientTransformation(
    initialize: { params in inner.initialize(params.flattened) },
    update: { updates, state, arguments in
      var flat = arguments
      flat.params = arguments.params?.flattened
      let result = inner.update(updates.flattened, state, flat)
      guard let vector = result.updates.leaves.first else { return (updates, result.state) }
      return (updates.unflattened(vector), result.state)
    })
}

extension AnyTensorTree {
  /// All elements as one vector, under the path of a tensor alone.
  fileprivate var flattened: AnyTensorTree {
    guard !leaves.isEmpty else { return self }
    return AnyTensorTree(concatenate(leaves.map { $0.reshaped(to: [-1]) }))
  }

  /// The elements of a vector in the shapes of these tensors.
  fileprivate func unflattened(_ vector: Tensor) -> AnyTensorTree {
    var ends: [Int] = []
    for leaf in leaves.dropLast() { ends.append((ends.last ?? 0) + leaf.elementCount) }
    return replacing(zip(split(vector, at: ends), leaves).map { $0.reshaped(to: $1.shape) })
  }
}
