import Linen

/// Attention used wrongly.
extension Misuse {
  static let attentions = [
    Misuse(
      "heads that don't divide", flax: "must be divisible by number of heads (3).",
      "Memory dimension (4) must be divisible by number of heads (3).",
      MultiHeadDotProductAttention(3), filled(2, 3, 4)),
    Misuse(
      "no heads", flax: "integer modulo by zero",
      "Memory dimension (4) must be divisible by number of heads (0).",
      MultiHeadDotProductAttention(0), filled(2, 3, 4)),
    Misuse(
      "negative heads", flax: "reshape new_sizes must all be positive",
      "Memory dimension (4) must be divisible by number of heads (-2).",
      MultiHeadDotProductAttention(-2), filled(2, 3, 4)),
    Misuse(
      "attention of a vector", flax: "tuple index out of range",
      "rank is 1, expected a length and the features, inputs f32[4] (in /MultiHeadDotProductAttention)",
      MultiHeadDotProductAttention(2), filled(4)),
    Misuse(
      "a mask that does not broadcast", flax: "Incompatible shapes for broadcasting",
      "which: shapes differ and don't broadcast, condition f32[5,1,3,3], onTrue f32[2,2,3,3], onFalse f32[] (in /MultiHeadDotProductAttention)"
    ) {
      try start(MultiHeadDotProductAttention(2)) {
        _ = $0(filled(2, 3, 4), nil, mask: filled(5, 1, 3, 3))
      }
    },
    Misuse(
      "keys and values of other lengths", flax: "k, v lengths must match.",
      "k, v lengths must match."
    ) {
      try start(MultiHeadDotProductAttention(2)) {
        _ = $0(filled(2, 3, 4), filled(2, 5, 4), filled(2, 6, 4))
      }
    },
    Misuse(
      "other batches", flax: "q, k, v batch dims must match.",
      "q, k batch dims must match., query f32[2,3,2,2], key f32[3,5,2,2]"
    ) { try start(MultiHeadDotProductAttention(2)) { _ = $0(filled(2, 3, 4), filled(3, 5, 4)) } },
    Misuse("other ranks", flax: "q, k, v must have same rank.", "q, k, v must have same rank.") {
      try start(MultiHeadDotProductAttention(2)) { _ = $0(filled(2, 3, 4), filled(5, 4)) }
    },
    Misuse(
      "values without keys", flax: "`inputs_k` cannot be None",
      "`inputs_k` cannot be None if `inputs_v` is not None."
    ) {
      try start(MultiHeadDotProductAttention(2)) { _ = $0(filled(2, 3, 4), nil, filled(2, 3, 4)) }
    },
    Misuse(
      "dropout that is not told whether to drop",
      flax: "must be passed to the constructor or at call time.",
      "Parameter \"deterministic\" must be passed to the constructor or at call time.",
      MultiHeadDotProductAttention(2, dropoutRate: 0.5), filled(2, 3, 4)),
    Misuse(
      "decoding of two positions at once", flax: "Autoregressive cache shape error",
      "Autoregressive cache shape error, expected query shape (2, 1, 2, 2) instead got (2, 2, 2, 2)."
    ) {
      let layer = MultiHeadDotProductAttention(2, decode: true)
      let variables = try layer.initialize(Key(0)) { $0(filled(2, 3, 4)) }
      _ = try layer.apply(variables, mutable: "cache") { $0(filled(2, 2, 4)) }
    },
    Misuse("other heads", flax: "q, k, v num_heads must match.", "q, k, v num_heads must match.") {
      try withErrors { _ = dotProductAttention(filled(3, 2, 4), filled(3, 2, 4), filled(3, 1, 4)) }
    },
    Misuse("other depths", flax: "q, k depths must match.", "q, k depths must match.") {
      try withErrors { _ = dotProductAttention(filled(3, 2, 4), filled(3, 2, 5), filled(3, 2, 4)) }
    },
    Misuse("dropout without a key", flax: "unexpected PRNG key type", "pass dropoutRNG") {
      var inputs = AttentionInputs(
        query: filled(3, 2, 4), key: filled(3, 2, 4), value: filled(3, 2, 4))
      inputs.dropoutRate = 0.5
      let wrong = inputs
      try withErrors { _ = dotProductAttention(wrong) }
    },
    Misuse(
      "a bias that does not broadcast", flax: "Incompatible shapes for broadcasting",
      "add: shapes differ and don't broadcast, lhs f32[2,3,3], rhs f32[5,5]"
    ) {
      try withErrors {
        _ = dotProductAttention(
          filled(3, 2, 4), filled(3, 2, 4), filled(3, 2, 4), bias: filled(5, 5))
      }
    },
    Misuse(
      "masks of other ranks", flax: "masks must have same rank: (2, 3)",
      "masks must have same rank: (2, 3)"
    ) { try withErrors { _ = combineMasks(filled(2, 3), filled(2, 2, 3)) } },
  ]
}
