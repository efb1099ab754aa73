import Tensor

/// Computes something to look at, such as a norm, from updates.
public typealias Measure = @Sendable (_ updates: AnyTensorTree) -> AnyTensorTree

/// Keeps what a function makes of the updates in the state; the updates stay.
///
/// Mirrors `optax.snapshot`.
///
///     let optimizer = chain(snapshot("norm") { AnyTensorTree(globalNorm($0)) }, adam(0.001))
///     let norm = state[0]["measurement"]["norm"]
public func snapshot(_ name: String, _ measure: @escaping Measure) -> GradientTransformation {
  GradientTransformation(
    initialize: { .fields(["measurement": .dictionary([(name, .tree(measure($0)))])]) },
    update: { updates, _, _ in
      (updates, .fields(["measurement": .dictionary([(name, .tree(measure(updates)))])]))
    })
}

/// Keeps what several transformations make of the updates in the state; the updates stay.
///
/// Mirrors `optax.monitor`; there are no measurements before the first update. See
/// ``measureWithEMA(decay:debias:accumulatorDtype:_:)`` for averages.
public func monitor(
  _ measures: KeyValuePairs<String, GradientTransformation>
) -> GradientTransformation {
  let named = measures.map { (name: $0.key, measure: $0.value) }
  return GradientTransformation(
    initialize: { params in
      .fields([
        "measurements": .empty,
        "measure_states": .tuple(named.map { $0.measure.initialize(params) }),
      ])
    },
    update: { updates, state, arguments in
      let results = named.enumerated().map { index, row in
        row.measure.update(updates, state["measure_states"][index], arguments)
      }
      return (
        updates,
        .fields([
          "measurements": .dictionary(
            zip(named, results).map { ($0.name, .tree($1.updates)) }),
          "measure_states": .tuple(results.map(\.state)),
        ])
      )
    })
}

/// Replaces updates by a moving average of what a function makes of them.
///
/// Mirrors `optax.measure_with_ema`: a measure for ``monitor(_:)``.
public func measureWithEMA(
  decay: any Hyperparameter, debias: Bool = true, accumulatorDtype: DType? = nil,
  _ measure: @escaping Measure
) -> GradientTransformation {
  let average = ema(decay: decay, debias: debias, accumulatorDtype: accumulatorDtype)
  return chain(
    GradientTransformation(stateless: { updates, _ in measure(updates) }),
    GradientTransformation(
      initialize: { average.initialize(measure($0)) },
      update: { average.update($0, $1, $2) }))
}
