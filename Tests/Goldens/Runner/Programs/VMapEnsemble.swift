import Linen

private final class Net: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor, train: Bool = true) -> Tensor {
    compact(x, train) { x, train in
      var x = Dense(3)(x)
      x = BatchNorm(useRunningAverage: !train, momentum: 0.9)(x)
      return Dense(2)(x)
    }
  }
}

/// vmap: an ensemble with its own parameters, shared ones, statistics of each member, and no input
/// axis.
func vmapEnsemble(_ run: ProgramRun) throws {
  let (x, y) = (try run.input("x"), try run.input("y"))
  let own = vmap(
    variableAxes: ["params": 0, "batch_stats": 0], splitRNGs: ["params": true]
  ) { Net() }
  let same = vmap(
    variableAxes: ["params": nil], splitRNGs: ["params": false], outAxes: 1
  ) { Dense(3) }
  let broadcast = vmap(
    variableAxes: ["params": 1], splitRNGs: ["params": true], inAxes: nil, axisSize: 5
  ) { Dense(2) }
  let ofOwn = try own.initialize(run.key(0)) { $0(x) { $0($1) } }
  let ofSame = try same.initialize(run.key(0)) { $0(x) }
  let ofBroadcast = try broadcast.initialize(run.key(0)) { $0(y) }
  let (output, updates) = try own.apply(ofOwn, mutable: ["batch_stats"]) { $0(x) { $0($1) } }
  run.give("vars", ofOwn)
  run.give("out", output)
  run.give("upd", updates)
  run.give("vars_same", ofSame)
  run.give("out_same", try same.apply(ofSame) { $0(x) })
  run.give("vars_broadcast", ofBroadcast)
  run.give("out_broadcast", try broadcast.apply(ofBroadcast) { $0(y) })
}
