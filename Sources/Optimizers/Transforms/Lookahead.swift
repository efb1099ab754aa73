import Tensor

/// Parameters that an optimizer changes quickly, and slow ones that follow them now and then.
///
/// Mirrors `optax.LookaheadParams`; the slow ones are those to evaluate with.
public struct LookaheadParams<Params: TensorTree & Sendable>: TensorTree, Sendable {
  /// What gradients are taken of.
  public var fast: Params
  /// What the fast ones return to.
  public var slow: Params

  /// Names both.
  public init(fast: Params, slow: Params) {
    self.fast = fast
    self.slow = slow
  }

  /// Begins with both the same.
  public init(synced params: Params) { self.init(fast: params, slow: params) }

  /// Presents the fast parameters, then the slow ones.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit(.field("fast"), &fast)
    visitor.visit(.field("slow"), &slow)
  }
}

/// An optimizer that looks several steps ahead and goes a part of the way.
///
/// Mirrors `optax.lookahead`. After every `syncPeriod` updates the slow parameters move by
/// `slowStepSize` of the distance to the fast ones, which then begin again from there, with
/// `resetState` also the inner state. It takes gradients of the fast parameters and gives updates of
/// both. https://arxiv.org/abs/1907.08610
///
///     let optimizer = Lookahead(adam(0.001), syncPeriod: 5, slowStepSize: 0.5)
///     var params = LookaheadParams(synced: initial)
///     var state = optimizer.initialize(params)
///     (updates, state) = optimizer.update(gradients, state, params: params)
///     params = applyUpdates(params, updates)
public struct Lookahead: Sendable {
  private let inner: GradientTransformation
  private let syncPeriod: Int
  private let slowStepSize: Coefficient
  private let resetState: Bool

  /// Wraps the optimizer of the fast parameters.
  ///
  /// Records an error if `syncPeriod` is not positive.
  public init(
    _ fastOptimizer: GradientTransformation, syncPeriod: Int, slowStepSize: any Hyperparameter,
    resetState: Bool = false
  ) {
    if syncPeriod < 1 {
      record(
        TensorError(
          "Lookahead",
          .argumentInvalid(name: "syncPeriod", value: "\(syncPeriod)", expected: "at least 1")))
    }
    inner = fastOptimizer
    self.syncPeriod = Swift.max(syncPeriod, 1)
    self.slowStepSize = slowStepSize.coefficient
    self.resetState = resetState
  }

  /// Makes the state with which training these parameters begins.
  public func initialize<Params>(_ params: LookaheadParams<Params>) -> OptimizerState {
    .fields([
      "fast_state": inner.initialize(params.fast), "steps_since_sync": .zeroCount,
    ])
  }

  /// Makes the updates of both kinds of parameters from gradients of the fast ones.
  public func update<Params>(
    _ gradients: Params, _ state: OptimizerState, params: LookaheadParams<Params>,
    values: [String: Tensor] = [:]
  ) -> (updates: LookaheadParams<Params>, state: OptimizerState) {
    let steps = state["steps_since_sync"].tensor
    let isDue = steps .== Tensor(syncPeriod - 1, dtype: .int32)
    let result = inner.update(
      gradients, state["fast_state"], params: params.fast, values: values)
    let distance = treeMap(
      treeMap(params.fast, result.updates) { $0 + $1 }, params.slow
    ) { $0 - $1 }
    var fastState = result.state
    if resetState {
      fastState = treeMap(fastState, inner.initialize(params.fast)) {
        which(isDue, $1.cast(to: $0.dtype), $0)
      }
    }
    return (
      LookaheadParams(
        fast: treeMap(result.updates, distance) { update, distance in
          update - which(isDue, (1 - slowStepSize) * distance, 0.0)
        },
        slow: treeMap(distance) { which(isDue, slowStepSize * $0, 0.0) }),
      .fields([
        "fast_state": fastState,
        "steps_since_sync": .tensor(
          remainder(incremented(steps), Tensor(syncPeriod, dtype: .int32))),
      ])
    )
  }
}
