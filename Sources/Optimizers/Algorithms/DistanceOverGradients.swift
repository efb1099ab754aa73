import Tensor

/// Scales gradients by how far the parameters have come, over the norm of all gradients so far.
///
/// Mirrors `optax.scale_by_distance_over_gradients`: each tensor finds its own step size, no learning
/// rate is needed. The first step is `repsRel (1 + |p|) / |g|`; the parameters at the start are kept
/// in `paramDtype`. https://arxiv.org/abs/2302.12022
public func scaleByDistanceOverGradients(
  repsRel: Double = 1e-6, eps: Double = 1e-8, paramDtype: DType = .float32,
  globalScale: Double = 1
) -> GradientTransformation {
  GradientTransformation(
    initialize: { params in
      .fields([
        "max_dist": .tree(params.map { repsRel * (1 + sqrt(sum(square($0)))) }),
        "grad_sum_of_squares": .tree(params.map { _ in Tensor.zeros([1]) }),
        "init_params": .tree(params.cast(paramDtype)),
      ])
    },
    update: { updates, state, arguments in
      let params = arguments.params(for: "scaleByDistanceOverGradients", like: updates)
      let start = state["init_params"].tree
      let distances = state["max_dist"].tree.map(params, start) {
        maximum($0, sqrt(sum(square($1 - $2))))
      }
      let sums = state["grad_sum_of_squares"].tree.map(updates) { $0 + sum(square($1)) }
      return (
        updates.map(distances, sums) { globalScale * ($1 / sqrt($2 + eps)) * $0 },
        .fields([
          "max_dist": .tree(distances), "grad_sum_of_squares": .tree(sums),
          "init_params": .tree(start),
        ])
      )
    })
}
