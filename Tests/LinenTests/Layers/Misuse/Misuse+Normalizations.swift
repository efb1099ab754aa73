import Linen

/// Normalizations used wrongly.
extension Misuse {
  static let normalizations = [
    Misuse(
      "BatchNorm that is not told which statistics to use",
      flax: "must be passed to the constructor or at call time.",
      "Parameter \"use_running_average\" must be passed to the constructor or at call time.",
      BatchNorm(), filled(2, 3)),
    Misuse(
      "BatchNorm over an axis that is not there", flax: "tuple index out of range",
      "BatchNorm: axes [4] must be distinct and within the 2 axes of the operand, inputs f32[2,3] (in /BatchNorm)",
      BatchNorm(useRunningAverage: false, axis: [4]), filled(2, 3)),
    Misuse(
      "BatchNorm with a mask that does not broadcast", flax: "Incompatible types for broadcasting",
      "which: shapes differ and don't broadcast, condition bool[5], onTrue f32[2,3], onFalse f32[] (in /BatchNorm)"
    ) {
      try start(BatchNorm(useRunningAverage: false)) {
        _ = $0(filled(2, 3), useRunningAverage: nil, mask: filled(5, dtype: .bool))
      }
    },
    Misuse(
      "BatchNorm in training whose statistics can't be changed",
      flax: "Cannot update variable \"mean\" in \"/\" because collection \"batch_stats\"",
      "Cannot update variable \"mean\" in \"/\" because collection \"batch_stats\" is immutable."
    ) {
      let layer = BatchNorm(useRunningAverage: false)
      let variables = try layer.initialize(Key(0)) { $0(filled(2, 3)) }
      _ = try layer.apply(variables) { $0(filled(2, 3)) }
    },
    Misuse(
      "BatchNorm over a mapped axis that is not there", flax: "Found an unbound axis name: b.",
      "pmean: unbound axis name: b (in /BatchNorm)"
    ) {
      let layer = BatchNorm(useRunningAverage: false, axisName: "b")
      let variables = try layer.initialize(Key(0)) { $0(filled(2, 3)) }
      _ = try layer.apply(variables, mutable: "batch_stats") { $0(filled(2, 3)) }
    },
    Misuse(
      "LayerNorm of a scalar", flax: "tuple index out of range",
      "LayerNorm: axes [-1] must be distinct and within the 0 axes of the operand, inputs f32[] (in /LayerNorm)",
      LayerNorm(), Tensor(1.0)),
    Misuse(
      "LayerNorm over an axis that is not there", flax: "tuple index out of range",
      "LayerNorm: axes [3] must be distinct and within the 2 axes of the operand, inputs f32[2,3] (in /LayerNorm)",
      LayerNorm(reductionAxes: [3]), filled(2, 3)),
    Misuse(
      "LayerNorm with features that are not there", flax: "tuple index out of range",
      "LayerNorm: axes [3] must be distinct and within the 2 axes of the operand, inputs f32[2,3] (in /LayerNorm)",
      LayerNorm(featureAxes: [3]), filled(2, 3)),
    Misuse(
      "LayerNorm with a mask that does not broadcast", flax: "Incompatible types for broadcasting",
      "which: shapes differ and don't broadcast, condition bool[2,4], onTrue f32[2,3], onFalse f32[] (in /LayerNorm)"
    ) { try start(LayerNorm()) { _ = $0(filled(2, 3), mask: filled(2, 4, dtype: .bool)) } },
    Misuse(
      "GroupNorm of groups that don't divide", flax: "Number of groups (5) does not divide",
      "Number of groups (5) does not divide the number of channels (3).", GroupNorm(5), filled(2, 3)
    ),
    Misuse(
      "GroupNorm of no groups", flax: "Number of groups (0) does not divide",
      "Number of groups (0) does not divide the number of channels (3).", GroupNorm(0), filled(2, 3)
    ),
    Misuse(
      "GroupNorm of number and size", flax: "Either `num_groups` or `group_size`",
      "Either `num_groups` or `group_size` should be specified.", GroupNorm(3, groupSize: 1),
      filled(2, 3)),
    Misuse(
      "GroupNorm of neither number nor size", flax: "Either `num_groups` or `group_size`",
      "Either `num_groups` or `group_size` should be specified.", GroupNorm(nil), filled(2, 3)),
    Misuse(
      "GroupNorm of groups of size 0", flax: "integer modulo by zero",
      "Number of channels (3) is not multiple of the group size (0).",
      GroupNorm(nil, groupSize: 0), filled(2, 3)),
    Misuse(
      "GroupNorm with a mask without channels", flax: "cannot reshape array",
      "reshape: shape is [2, 4, 1, 3] of 24 elements, expected one of 8 elements, operand bool[2,4,1] (in /GroupNorm)"
    ) {
      try start(GroupNorm(1)) { _ = $0(filled(2, 4, 3), mask: filled(2, 4, 1, dtype: .bool)) }
    },
    Misuse(
      "InstanceNorm with features over the batch", flax: "cannot include the leading dimension",
      "The channel axes cannot include the leading dimension", InstanceNorm(featureAxes: [0]),
      filled(2, 3)),
    Misuse(
      "WeightNorm along an axis that is not there", flax: "tuple index out of range",
      "WeightNorm: axes [4] must be distinct and within the 2 axes of the operand, inputs f32[3,2] (in /WeightNorm)",
      WeightNorm(Dense(2), featureAxes: [4]), filled(2, 3)),
  ]
}
