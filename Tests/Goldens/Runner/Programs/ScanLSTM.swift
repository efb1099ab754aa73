import Linen

private final class LSTM: Module, @unchecked Sendable {
  let features: Int

  init(_ features: Int) {
    self.features = features
    super.init()
  }

  func callAsFunction(_ x: Tensor) -> (carry: LSTMCarry, outputs: Tensor) {
    compact(x) { x in
      let lstm = scan(
        variableBroadcast: "params", splitRNGs: ["params": false], inAxes: 1, outAxes: 1
      ) {
        LSTMCell(features)
      }
      let shape = x.shape.removing([1])
      return lstm(lstm.unlifted { $0.initializeCarry(Key(0), shape) }, x)
    }
  }
}

/// scan over an LSTM cell with shared parameters, and gradients through it.
func scanLSTM(_ run: ProgramRun) throws {
  let (x, cot) = (try run.input("x"), try run.input("cot"))
  let model = LSTM(4)
  let variables = try model.initialize(run.key(0)) { $0(x) }
  let (carry, y) = try model.apply(variables) { $0(x) }
  run.give("vars", variables)
  run.give("out_c", carry.c)
  run.give("out_h", carry.h)
  run.give("out_y", y)
  run.give(
    "grad", try grad(variables) { sum(try model.apply($0) { $0(x).outputs } * cot) })
}
