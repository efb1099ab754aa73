import Linen

/// Linear layers used wrongly.
extension Misuse {
  static let linear = [
    Misuse(
      "Dense of no features", flax: "float division by zero",
      "Can't compute input and output sizes of a weights tensor without elements.", Dense(0),
      filled(2, 3)),
    Misuse(
      "Dense of negative features", flax: "Only non-negative indices are allowed",
      "must not be negative.\nshape [3, -1] (in /Dense)", Dense(-1),
      filled(2, 3)),
    Misuse(
      "Dense of a scalar", flax: "tuple index out of range",
      "Dense: rank is 0, expected at least the features, inputs f32[] (in /Dense)", Dense(2),
      Tensor(1.0)),
    Misuse(
      "Dense of no inputs", flax: "division by zero",
      "Can't compute input and output sizes of a weights tensor without elements.", Dense(2),
      filled(2, 0)),
    Misuse(
      "DenseGeneral over an axis that is not there", flax: "tuple index out of range",
      "DenseGeneral: axes [5] must be distinct and within the 2 axes of the operand, inputs f32[2,3] (in /DenseGeneral)",
      DenseGeneral([2], axis: [5]), filled(2, 3)),
    Misuse(
      "DenseGeneral over an axis twice", flax: "lhs contracting dimensions to be distinct",
      "axis (1, -1) and batch_dims () must name different axes of the input, inputs f32[2,3] (in /DenseGeneral)",
      DenseGeneral([2], axis: [1, -1]), filled(2, 3)),
    Misuse(
      "DenseGeneral to no features", flax: "float division by zero",
      "Can't compute input and output sizes of a weights tensor without elements.",
      DenseGeneral([2, 0]),
      filled(2, 3)),
    Misuse(
      "DenseGeneral with more batch dims than axes", flax: "tuple index out of range",
      "axis -1 and batch_dims (0, 1, 2) must name different axes of the input, inputs f32[2,3] (in /DenseGeneral)",
      DenseGeneral([2], batchDims: [0, 1, 2]), filled(2, 3)),
    Misuse(
      "DenseGeneral with a batch dim that is mapped",
      flax: "lhs batch dimensions to be disjoint from contracting dimensions",
      "axis (0,) and batch_dims (0,) must name different axes of the input, inputs f32[2,3] (in /DenseGeneral)",
      DenseGeneral([2], axis: [0], batchDims: [0]), filled(2, 3)),
    Misuse(
      "Einsum with another number of letters", flax: "AssertionError",
      "einsum: equation is \"bi,ijk->bjk\", expected letters for the 2 axes of operand 1, with at most one ..., operand 0 f32[2,3], operand 1 f32[3,2] (in /Einsum)",
      Einsum([3, 2], "bi,ijk->bjk"), filled(2, 3)),
    Misuse(
      "Einsum with sizes that differ", flax: "Size of label 'i' for operand 1 (3)",
      "einsum: sizes of axis i differ, operand 0 f32[2,3] axis 1 = 3, operand 1 f32[4,2] axis 0 = 4 (in /Einsum)",
      Einsum([4, 2], "bi,ij->bj"), filled(2, 3)),
    Misuse(
      "Embed of floats", flax: "Input type must be an integer or unsigned integer.",
      "Input type must be an integer or unsigned integer.", Embed(3, 2), filled(2)),
    Misuse(
      "Embed of no vectors", flax: "division by zero",
      "Can't compute input and output sizes of a weights tensor without elements.", Embed(0, 2),
      Tensor.zeros([2], dtype: .int32)),
    Misuse(
      "Embed of negative features", flax: "Slice size at index 1 in gather op is out of range",
      "must not be negative.\nshape [3, -2] (in /Embed)", Embed(3, -2),
      Tensor.zeros([2], dtype: .int32)),
    Misuse(
      "Embed.attend of another width", flax: "dot_general requires contracting dimensions",
      "matmul: contracting sizes differ, lhs f32[2,5] axis 1 = 5, rhs f32[2,3] axis 0 = 2 (in /Embed)"
    ) { try start(Embed(3, 2)) { _ = $0.attend(filled(2, 5)) } },
  ]
}
