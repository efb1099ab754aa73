import Tensor

/// Scales like Adagrad, remembering one number for each slice of a tensor.
///
/// Mirrors `optax.scale_by_sm3`. https://arxiv.org/abs/1901.11150
public func scaleBySM3(
  b1: any Hyperparameter = 0.9, b2: Double = 1, eps: any Hyperparameter = 1e-8
) -> GradientTransformation {
  let (b1, eps) = (b1.coefficient, eps.coefficient)
  let weights = (new: b2 == 1 ? 1 : 1 - b2, old: b2)
  return GradientTransformation(
    initialize: { params in
      let slices = params.leaves.map { x in
        x.shape.map { Tensor.zeros([$0], dtype: x.dtype) }
      }
      return .fields(["mu": .tree(params.slices(slices)), "nu": .tree(params.zeros())])
    },
    update: { updates, state, _ in
      var remembered = state["mu"].tree.leaves[...]
      guard remembered.count == updates.leaves.reduce(0, { $0 + $1.rank }) else {
        _ = updates.matches(state["mu"].tree)
        return (updates, state)
      }
      let accumulators = updates.leaves.map { gradient in
        let slices = gradient.shape.indices.map { axis in
          var sizes = [Int](repeating: 1, count: gradient.rank)
          sizes[axis] = gradient.shape.dimensions[axis]
          return remembered.removeFirst().reshaped(to: Shape(sizes))
        }
        let least = slices.dropFirst().reduce(slices.first ?? 0.0) { minimum($0, $1) }
        return weights.new * square(gradient) + weights.old * least
      }
      let scaled = updates.map(updates.replacing(accumulators)) { $0 * inverseRoot($1, eps) }
      let nu = scaled.moment(state["nu"].tree, b1)
      let slices = accumulators.map { x in
        x.shape.indices.map { axis in
          x.rank < 2 ? x : max(x, axes: x.shape.indices.filter { $0 != axis })
        }
      }
      return (nu, .fields(["mu": .tree(updates.slices(slices)), "nu": .tree(nu)]))
    })
}

/// SM3: Adagrad with memory for axes instead of elements.
///
/// Mirrors `optax.sm3`.
public func sm3(
  _ learningRate: any Hyperparameter, momentum: any Hyperparameter = 0.9
) -> GradientTransformation {
  chain(scaleBySM3(b1: momentum), scaleByLearningRate(learningRate))
}

extension AnyTensorTree {
  /// A tree with a list of tensors in the place of each; that of a scalar is empty.
  fileprivate func slices(_ slices: [[Tensor]]) -> AnyTensorTree {
    let paths = zip(paths, slices).flatMap { path, parts in
      parts.indices.map { TreePath(path.keys + [.index($0)]) }
    }
    let scalars = zip(self.paths, slices).filter { $1.isEmpty }.map(\.0)
    return AnyTensorTree(
      paths: paths, leaves: slices.flatMap { $0 }, emptyPaths: emptyPaths + scalars)
  }
}
