import Tensor

/// Averages the gradients of several small batches and updates once for all of them.
///
/// Mirrors `optax.MultiSteps`: `everyK` counts the batches, as a number or a schedule over the
/// updates made so far; in between the updates are zero. With `useGradMean: false` gradients are
/// summed. A batch that the rule `skipping` skips counts as not seen. The sums are kept in
/// `accumulatorDtype`.
public func multiSteps(
  _ inner: GradientTransformation, everyK: Int, useGradMean: Bool = true,
  skipping: SkipRule? = nil, accumulatorDtype: DType = .float32
) -> GradientTransformation {
  multiSteps(
    inner, everyK: Schedule { _ in Tensor(everyK, dtype: .int32) }, useGradMean: useGradMean,
    skipping: skipping, accumulatorDtype: accumulatorDtype)
}

/// Averages the gradients of as many small batches as a schedule says and updates once.
public func multiSteps(
  _ inner: GradientTransformation, everyK: Schedule, useGradMean: Bool = true,
  skipping: SkipRule? = nil, accumulatorDtype: DType = .float32
) -> GradientTransformation {
  GradientTransformation(
    initialize: { params in
      let skipped = skipping?(params.zeros(), Tensor(0, dtype: .int32), params)
      return .fields([
        "mini_step": .zeroCount, "gradient_step": .zeroCount,
        "inner_opt_state": inner.initialize(params),
        "acc_grads": .tree(params.zeros(accumulatorDtype)),
        "skip_state": skipped?.state ?? .empty,
      ])
    },
    update: { updates, state, arguments in
      let (miniStep, step) = (state["mini_step"].tensor, state["gradient_step"].tensor)
      let sums = updates.map(state["acc_grads"].tree) { gradient, sum in
        useGradMean ? sum + (gradient - sum) / (miniStep + 1) : gradient + sum
      }
      let result = inner.update(sums.cast(like: updates), state["inner_opt_state"], arguments)
      let k = everyK(step)
      let skipped = skipping?(updates, step, arguments.params)
      let isSeen = logicalNot(skipped?.isSkipped ?? Tensor(false))
      let isDue = logicalAnd(isSeen, miniStep .== k - 1)
      return (
        result.updates.map { which(isDue, $0, 0.0) },
        .fields([
          "mini_step": .tensor(
            which(isSeen, remainder(incremented(miniStep), k), miniStep).cast(to: .int32)),
          "gradient_step": .tensor(which(isDue, incremented(step), step)),
          "inner_opt_state": treeMap(state["inner_opt_state"], result.state) { old, new in
            which(isDue, new, old).cast(to: old.dtype)
          },
          "acc_grads": .tree(
            sums.map(state["acc_grads"].tree) { sum, before in
              which(isSeen, which(isDue, 0.0, sum), before).cast(to: accumulatorDtype)
            }),
          "skip_state": skipped?.state ?? .empty,
        ])
      )
    })
}

/// Which batches ``multiSteps(_:everyK:useGradMean:skipping:accumulatorDtype:)`` skips.
public struct SkipRule: Sendable {
  /// Whether to skip, a boolean scalar, and figures to keep in the state.
  public typealias Decision = (isSkipped: Tensor, state: OptimizerState)
  private let decide: @Sendable (AnyTensorTree, Tensor, AnyTensorTree?) -> Decision

  /// Creates a rule from a function of the gradients, the count of updates and the parameters.
  public init(
    _ decide:
      @escaping @Sendable (
        _ gradients: AnyTensorTree, _ step: Tensor, _ params: AnyTensorTree?
      ) -> Decision
  ) {
    self.decide = decide
  }

  /// Skips gradients that hold an infinity or NaN.
  ///
  /// Mirrors `optax.skip_not_finite`.
  public static let notFinite = SkipRule { gradients, _, _ in
    let counts = gradients.leaves.map { sum(logicalNot(isFinite($0))) }
    let count = counts.dropFirst().reduce(counts.first ?? Tensor(0, dtype: .int32), +)
    let isSkipped = count .> 0
    return (
      isSkipped,
      .dictionary([("should_skip", .tensor(isSkipped)), ("num_not_finite", .tensor(count))])
    )
  }

  /// Skips gradients whose squared norm is not below a number.
  ///
  /// Mirrors `optax.skip_large_updates`.
  public static func largeUpdates(maxSquaredNorm: Double) -> SkipRule {
    SkipRule { gradients, _, _ in
      let norm = gradients.squaredNorm
      let isSkipped = logicalNot(norm .< Tensor(maxSquaredNorm))
      return (
        isSkipped,
        .dictionary([("should_skip", .tensor(isSkipped)), ("norm_squared", .tensor(norm))])
      )
    }
  }

  func callAsFunction(
    _ gradients: AnyTensorTree, _ step: Tensor, _ params: AnyTensorTree?
  ) -> Decision {
    decide(gradients, step, params)
  }
}
