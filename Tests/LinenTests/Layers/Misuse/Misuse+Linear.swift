import Linen

/// Linear layers used wrongly.
extension Misuse {
  static let linear = [
    Misuse("Dense of no features", flax: "float division by zero", "?", Dense(0), filled(2, 3)),
    Misuse(
      "Dense of negative features", flax: "Only non-negative indices are allowed", "?", Dense(-1),
      filled(2, 3)),
    Misuse("Dense of a scalar", flax: "tuple index out of range", "?", Dense(2), Tensor(1.0)),
    Misuse("Dense of no inputs", flax: "division by zero", "?", Dense(2), filled(2, 0)),
    Misuse(
      "DenseGeneral over an axis that is not there", flax: "tuple index out of range", "?",
      DenseGeneral([2], axis: [5]), filled(2, 3)),
    Misuse(
      "DenseGeneral over an axis twice", flax: "lhs contracting dimensions to be distinct", "?",
      DenseGeneral([2], axis: [1, -1]), filled(2, 3)),
    Misuse(
      "DenseGeneral to no features", flax: "float division by zero", "?", DenseGeneral([2, 0]),
      filled(2, 3)),
    Misuse(
      "DenseGeneral with more batch dims than axes", flax: "tuple index out of range", "?",
      DenseGeneral([2], batchDims: [0, 1, 2]), filled(2, 3)),
    Misuse(
      "DenseGeneral with a batch dim that is mapped",
      flax: "lhs batch dimensions to be disjoint from contracting dimensions", "?",
      DenseGeneral([2], axis: [0], batchDims: [0]), filled(2, 3)),
    Misuse(
      "Einsum with another number of letters", flax: "AssertionError", "?",
      Einsum([3, 2], "bi,ijk->bjk"), filled(2, 3)),
    Misuse(
      "Einsum with sizes that differ", flax: "Size of label 'i' for operand 1 (3)", "?",
      Einsum([4, 2], "bi,ij->bj"), filled(2, 3)),
    Misuse(
      "Embed of floats", flax: "Input type must be an integer or unsigned integer.",
      "Input type must be an integer or unsigned integer.", Embed(3, 2), filled(2)),
    Misuse(
      "Embed of no vectors", flax: "division by zero", "?", Embed(0, 2),
      Tensor.zeros([2], dtype: .int32)),
    Misuse(
      "Embed of negative features", flax: "Slice size at index 1 in gather op is out of range",
      "?", Embed(3, -2), Tensor.zeros([2], dtype: .int32)),
    Misuse(
      "Embed.attend of another width", flax: "dot_general requires contracting dimensions", "?"
    ) { try start(Embed(3, 2)) { _ = $0.attend(filled(2, 5)) } },
  ]
}
