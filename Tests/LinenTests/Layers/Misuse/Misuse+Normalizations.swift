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
      "BatchNorm over an axis that is not there", flax: "tuple index out of range", "?",
      BatchNorm(useRunningAverage: false, axis: [4]), filled(2, 3)),
    Misuse(
      "BatchNorm with a mask that does not broadcast", flax: "Incompatible types for broadcasting",
      "?"
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
      "BatchNorm over a mapped axis that is not there", flax: "Found an unbound axis name: b.", "?"
    ) {
      let layer = BatchNorm(useRunningAverage: false, axisName: "b")
      let variables = try layer.initialize(Key(0)) { $0(filled(2, 3)) }
      _ = try layer.apply(variables, mutable: "batch_stats") { $0(filled(2, 3)) }
    },
    Misuse(
      "LayerNorm of a scalar", flax: "tuple index out of range", "?", LayerNorm(), Tensor(1.0)),
    Misuse(
      "LayerNorm over an axis that is not there", flax: "tuple index out of range", "?",
      LayerNorm(reductionAxes: [3]), filled(2, 3)),
    Misuse(
      "LayerNorm with features that are not there", flax: "tuple index out of range", "?",
      LayerNorm(featureAxes: [3]), filled(2, 3)),
    Misuse(
      "LayerNorm with a mask that does not broadcast", flax: "Incompatible types for broadcasting",
      "?"
    ) { try start(LayerNorm()) { _ = $0(filled(2, 3), mask: filled(2, 4, dtype: .bool)) } },
    Misuse(
      "GroupNorm of groups that don't divide", flax: "Number of groups (5) does not divide",
      "Number of groups (5) does not divide the number of channels (3).", GroupNorm(5), filled(2, 3)),
    Misuse(
      "GroupNorm of no groups", flax: "Number of groups (0) does not divide",
      "Number of groups (0) does not divide the number of channels (3).", GroupNorm(0), filled(2, 3)),
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
    Misuse("GroupNorm with a mask without channels", flax: "cannot reshape array", "?") {
      try start(GroupNorm(1)) { _ = $0(filled(2, 4, 3), mask: filled(2, 4, 1, dtype: .bool)) }
    },
    Misuse(
      "InstanceNorm with features over the batch", flax: "cannot include the leading dimension",
      "The channel axes cannot include the leading dimension", InstanceNorm(featureAxes: [0]),
      filled(2, 3)),
    Misuse(
      "WeightNorm along an axis that is not there", flax: "tuple index out of range", "?",
      WeightNorm(Dense(2), featureAxes: [4]), filled(2, 3)),
  ]
}
