import Tensor

/// A choice of parameters by their paths.
///
///     adamw(0.001, mask: ParameterMask { path, parameter in path.keys.last == .key("kernel") })
public struct ParameterMask: Sendable {
  private let selects: @Sendable (TreePath, Tensor) -> Bool

  /// Creates a mask that selects the parameters for which `selects` is true.
  public init(_ selects: @escaping @Sendable (_ path: TreePath, _ parameter: Tensor) -> Bool) {
    self.selects = selects
  }

  package func callAsFunction(_ path: TreePath, _ tensor: Tensor) -> Bool { selects(path, tensor) }
}

/// Does a transformation only on the parameters that `mask` selects; the others' updates stay.
///
/// Mirrors `optax.masked`.
public func masked(
  _ inner: GradientTransformation, _ mask: ParameterMask
) -> GradientTransformation {
  GradientTransformation(
    initialize: { params in
      let part = params.part(params.indices(mask))
      return .fields(["inner_state": inner.initialize(part)])
    },
    update: { updates, state, arguments in
      let chosen = updates.indices(mask)
      var inside = arguments
      inside.params = arguments.params?.part(chosen)
      let result = inner.update(updates.part(chosen), state["inner_state"], inside)
      var leaves = updates.leaves
      for (index, leaf) in zip(chosen, result.updates.leaves) { leaves[index] = leaf }
      return (updates.replacing(leaves), .fields(["inner_state": result.state]))
    })
}

extension AnyTensorTree {
  /// The places of the tensors that the mask selects.
  fileprivate func indices(_ mask: ParameterMask) -> [Int] {
    leaves.indices.filter { mask(paths[$0], leaves[$0]) }
  }

  /// The tensors at some places; the others' paths are kept as masked.
  fileprivate func part(_ indices: [Int]) -> AnyTensorTree {
    let hidden = Set(paths.indices).subtracting(indices).sorted()
    return AnyTensorTree(
      paths: indices.map { paths[$0] }, leaves: indices.map { leaves[$0] },
      emptyPaths: emptyPaths + hidden.map { paths[$0] })
  }
}
