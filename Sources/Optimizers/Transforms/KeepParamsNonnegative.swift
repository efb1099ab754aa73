import Tensor

/// Limits updates so that no parameter becomes negative; they must not be so at the start.
///
/// Mirrors `optax.keep_params_nonnegative`: the last transformation of a chain.
public func keepParamsNonnegative() -> GradientTransformation {
  GradientTransformation(stateless: { updates, arguments in
    let params = arguments.params(for: "keepParamsNonnegative", like: updates)
    return updates.map(params) { update, parameter in
      which(parameter + update .< 0, -parameter, update)
    }
  })
}
