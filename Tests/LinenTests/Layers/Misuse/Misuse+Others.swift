import Linen

/// Dropout, recurrent layers, chains and initializers used wrongly.
extension Misuse {
  static let others = [
    Misuse(
      "Dropout that is not told whether to drop",
      flax: "must be passed to the constructor or at call time.",
      "Parameter \"deterministic\" must be passed to the constructor or at call time.",
      Dropout(0.5), filled(2, 3)),
    Misuse(
      "Dropout of a rate above 1", flax: "no error", "?", Dropout(2, deterministic: false),
      filled(2, 3)),
    Misuse(
      "Dropout of a negative rate", flax: "no error", "?", Dropout(-1, deterministic: false),
      filled(2, 3)),
    Misuse(
      "Dropout that is alike along an axis that is not there",
      flax: "list assignment index out of range", "?",
      Dropout(0.5, broadcastDims: [4], deterministic: false), filled(2, 3)),
    Misuse(
      "Dropout of integers", flax: "lax.select requires arguments to have the same dtypes", "?",
      Dropout(0.5, deterministic: false), filled(2, 3, dtype: .int32)),
    Misuse(
      "Dropout without a stream", flax: "needs PRNG for \"dropout\"",
      "needs PRNG for \"dropout\""
    ) { _ = try Dropout(0.5, deterministic: false).apply([:]) { $0(filled(2, 3)) } },
    Misuse("LSTMCell with a carry of two sizes", flax: "got incompatible shapes", "?") {
      try start(LSTMCell(3)) { _ = $0(LSTMCarry(c: filled(2, 4), h: filled(2, 3)), filled(2, 5)) }
    },
    Misuse("LSTMCell with a carry of another batch", flax: "got incompatible shapes", "?") {
      try start(LSTMCell(3)) { _ = $0(LSTMCarry(c: filled(2, 3), h: filled(2, 3)), filled(4, 5)) }
    },
    Misuse(
      "RNN of a cell without features", flax: "float division by zero", "?", RNN(LSTMCell(0)),
      filled(2, 3, 4)),
    Misuse("RNN of a vector", flax: "tuple index out of range", "?", RNN(LSTMCell(3)), filled(4)),
    Misuse("RNN with a length too many", flax: "Incompatible shapes for broadcasting", "?") {
      try start(RNN(LSTMCell(3))) {
        _ = $0(filled(2, 3, 4), seqLengths: Tensor([1, 2, 3] as [Int32]))
      }
    },
    Misuse(
      "Bidirectional that adds outputs of other sizes", flax: "got incompatible shapes", "?",
      Bidirectional(RNN(GRUCell(3)), RNN(GRUCell(4)), mergeFn: MergeFunction { $0 + $1 }), filled(2, 3, 4)),
    Misuse(
      "Sequential of nothing", flax: "Empty Sequential module None.",
      "Empty Sequential module None.",
      Sequential([Sequential.Part]()), filled(2, 3)),
    Misuse(
      "orthogonal vector", flax: "orthogonal initializer requires at least a 2D shape",
      "orthogonal initializer requires at least a 2D shape"
    ) { try withErrors { _ = Initializer.orthogonal()(Key(0), [3]) } },
    Misuse(
      "lecunNormal vector", flax: "Can't compute input and output sizes of a 1-dimensional",
      "Can't compute input and output sizes of a 1-dimensional weights tensor"
    ) { try withErrors { _ = Initializer.lecunNormal()(Key(0), [3]) } },
    Misuse(
      "deltaOrthogonal matrix", flax: "Delta orthogonal initializer requires a 3D, 4D or 5D shape.",
      "Delta orthogonal initializer requires a 3D, 4D or 5D shape."
    ) { try withErrors { _ = Initializer.deltaOrthogonal()(Key(0), [3, 3]) } },
    Misuse(
      "deltaOrthogonal to fewer features", flax: "`fan_in` must be less or equal than `fan_out`.",
      "`fan_in` must be less or equal than `fan_out`."
    ) { try withErrors { _ = Initializer.deltaOrthogonal()(Key(0), [3, 4, 2]) } },
    Misuse("lecunNormal over an axis that is not there", flax: "tuple index out of range", "?") {
      try withErrors { _ = Initializer.lecunNormal(inAxis: [4])(Key(0), [3, 3]) }
    },
    Misuse("lecunNormal integers", flax: "must be a float dtype, got int32", "?") {
      try withErrors { _ = Initializer.lecunNormal()(Key(0), [3, 3], .int32) }
    },
    Misuse(
      "a constant that does not broadcast", flax: "Incompatible types for broadcasting", "?"
    ) { try withErrors { _ = Initializer.constant(filled(5))(Key(0), [3, 3]) } },
  ]
}
