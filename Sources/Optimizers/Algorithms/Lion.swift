import Tensor

/// What ``scaleByLion(b1:b2:muDtype:mode:)`` makes of averaged gradients.
public enum LionMode: Hashable, Sendable {
  /// Their signs.
  case hard
  /// `tanh(beta x)`.
  case smooth(beta: Double)
  /// The averages where they are smaller than 1, and else their signs.
  case refined

  func callAsFunction(_ x: Tensor) -> Tensor {
    switch self {
    case .hard: sign(x)
    case .smooth(let beta): tanh(beta * x)
    case .refined: which(abs(x) .< 1, x, sign(x))
    }
  }
}

/// Replaces gradients by the signs of their averages.
///
/// Mirrors `optax.scale_by_lion`.
///
///     u = sign((1 - b1) g + b1 m),  m = (1 - b2) g + b2 m
///
/// https://arxiv.org/abs/2302.06675
public func scaleByLion(
  b1: any Hyperparameter = 0.9, b2: any Hyperparameter = 0.99, muDtype: DType? = nil,
  mode: LionMode = .hard
) -> GradientTransformation {
  let (b1, b2) = (b1.coefficient, b2.coefficient)
  return GradientTransformation(
    initialize: { params in
      .fields(["count": .zeroCount, "mu": .tree(params.zeros(muDtype))])
    },
    update: { updates, state, _ in
      let before = state["mu"].tree
      return (
        updates.moment(before, b1).map { mode($0) },
        .fields([
          "count": .tensor(incremented(state["count"].tensor)),
          "mu": .tree(updates.moment(before, b2).cast(muDtype)),
        ])
      )
    })
}

/// Lion: steps of one size along signs, with decoupled weight decay.
///
/// Mirrors `optax.lion`. Learning rates are 3 to 10 times smaller than AdamW's, the decay larger.
public func lion(
  _ learningRate: any ScalarOrSchedule, b1: any Hyperparameter = 0.9,
  b2: any Hyperparameter = 0.99, muDtype: DType? = nil,
  weightDecay: any ScalarOrSchedule = 1e-3, mask: ParameterMask? = nil
) -> GradientTransformation {
  chain(
    scaleByLion(b1: b1, b2: b2, muDtype: muDtype), addDecayedWeights(weightDecay, mask: mask),
    scaleByLearningRate(learningRate))
}
