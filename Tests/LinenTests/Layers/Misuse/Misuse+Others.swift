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
      "Dropout of a rate above 1", flax: "no error",
      "Dropout: rate is 2.0, expected a probability from 0 to 1, inputs f32[2,3] (in /Dropout)",
      Dropout(2, deterministic: false),
      filled(2, 3)),
    Misuse(
      "Dropout of a negative rate", flax: "no error",
      "Dropout: rate is -1.0, expected a probability from 0 to 1, inputs f32[2,3] (in /Dropout)",
      Dropout(-1, deterministic: false),
      filled(2, 3)),
    Misuse(
      "Dropout that is alike along an axis that is not there",
      flax: "list assignment index out of range",
      "Dropout: axes [4] must be distinct and within the 2 axes of the operand, inputs f32[2,3] (in /Dropout)",
      Dropout(0.5, broadcastDims: [4], deterministic: false), filled(2, 3)),
    Misuse(
      "Dropout of integers", flax: "lax.select requires arguments to have the same dtypes",
      "Dropout: dtype i32 is not supported, expected a floating-point type, inputs i32[2,3] (in /Dropout)",
      Dropout(0.5, deterministic: false), filled(2, 3, dtype: .int32)),
    Misuse(
      "Dropout without a stream", flax: "needs PRNG for \"dropout\"",
      "needs PRNG for \"dropout\""
    ) { _ = try Dropout(0.5, deterministic: false).apply([:]) { $0(filled(2, 3)) } },
    Misuse(
      "LSTMCell with a carry of two sizes", flax: "got incompatible shapes",
      "mul: shapes differ and don't broadcast, lhs f32[2,3], rhs f32[2,4] (in /LSTMCell)"
    ) {
      try start(LSTMCell(3)) { _ = $0(LSTMCarry(c: filled(2, 4), h: filled(2, 3)), filled(2, 5)) }
    },
    Misuse(
      "LSTMCell with a carry of another batch", flax: "got incompatible shapes",
      "add: shapes differ and don't broadcast, lhs f32[4,3], rhs f32[2,3] (in /LSTMCell)"
    ) {
      try start(LSTMCell(3)) { _ = $0(LSTMCarry(c: filled(2, 3), h: filled(2, 3)), filled(4, 5)) }
    },
    Misuse(
      "RNN of a cell without features", flax: "float division by zero",
      "Can't compute input and output sizes of a weights tensor without elements.",
      RNN(LSTMCell(0)),
      filled(2, 3, 4)),
    Misuse(
      "RNN of a vector", flax: "tuple index out of range",
      "RNN: rank is 1, expected time, 1 axes of features, and any batch axes, inputs f32[4] (in /RNN)",
      RNN(LSTMCell(3)), filled(4)),
    Misuse(
      "RNN with a length too many", flax: "Incompatible shapes for broadcasting",
      "RNN: seqLengths must have the shape of the batch, [2], inputs f32[2,3,4], seqLengths i32[3] (in /RNN)"
    ) {
      try start(RNN(LSTMCell(3))) {
        _ = $0(filled(2, 3, 4), seqLengths: Tensor([1, 2, 3] as [Int32]))
      }
    },
    Misuse(
      "Bidirectional that adds outputs of other sizes", flax: "got incompatible shapes",
      "add: shapes differ and don't broadcast, lhs f32[2,3,3], rhs f32[2,3,4] (in /Bidirectional)",
      Bidirectional(RNN(GRUCell(3)), RNN(GRUCell(4)), mergeFn: MergeFunction { $0 + $1 }),
      filled(2, 3, 4)),
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
    Misuse(
      "lecunNormal over an axis that is not there", flax: "tuple index out of range",
      "varianceScaling: axis 4 is out of range for rank 2, kernel f32[3,3]"
    ) {
      try withErrors { _ = Initializer.lecunNormal(inAxis: [4])(Key(0), [3, 3]) }
    },
    Misuse(
      "lecunNormal integers", flax: "must be a float dtype, got int32",
      "Random.truncatedNormal: dtype i32 is not supported, expected a floating-point type"
    ) {
      try withErrors { _ = Initializer.lecunNormal()(Key(0), [3, 3], .int32) }
    },
    Misuse(
      "a constant that does not broadcast", flax: "Incompatible types for broadcasting",
      "broadcast: shapes differ and don't broadcast, operand f32[5], target f32[3,3]"
    ) { try withErrors { _ = Initializer.constant(filled(5))(Key(0), [3, 3]) } },
    Misuse(
      "orthogonal in half precision", flax: "Unsupported dtype bfloat16",
      "Random.orthogonal: dtype bf16 is not supported, expected f32 or f64"
    ) { try withErrors { _ = Initializer.orthogonal()(Key(0), [3, 3], .bfloat16) } },
  ]
}
