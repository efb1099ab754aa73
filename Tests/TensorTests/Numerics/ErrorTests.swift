import Testing

@testable import Tensor

/// The texts of mistakes.
@Suite struct ErrorTests {
  struct Row: CustomTestStringConvertible, Sendable {
    let text: String
    let call: @Sendable () -> Tensor
    var testDescription: String { text }

    init(_ text: String, _ call: @escaping @Sendable () -> Tensor) {
      self.text = text
      self.call = call
    }
  }

  private static let x = Tensor.ones([2, 3])
  private static let ints = Tensor.ones([2, 3], dtype: .int32)

  static let rows: [Row] = [
    Row("add: shapes differ and don't broadcast, lhs f32[2,3], rhs f32[4]") {
      x + Tensor.ones([4])
    },
    Row(
      "matmul: contracting sizes differ, lhs f32[2,3] axis 1 = 3, rhs f32[4,5] axis "
        + "0 = 4"
    ) { matmul(x, Tensor.ones([4, 5])) },
    Row(
      "matmul: shapes differ and don't broadcast, lhs f32[2,3,4], rhs f32[5,4,6]"
    ) { matmul(Tensor.ones([2, 3, 4]), Tensor.ones([5, 4, 6])) },
    Row(
      "matmul: rank is 0, expected at least 1; scalars are multiplied with *, lhs "
        + "f32[2,3], rhs i32[]"
    ) { matmul(x, 2) },
    Row("sum: axis 2 is out of range for rank 2, operand f32[2,3]") { sum(x, axes: [2]) },
    Row(
      "mean: axes [0, 0] must be distinct and within the 2 axes of the operand, "
        + "operand f32[2,3]"
    ) { mean(x, axes: [0, 0]) },
    Row(
      "argmax: size is 0, expected at least 1 along the axis, operand f32[0,3] axis "
        + "0 = 0"
    ) { argmax(Tensor.ones([0, 3]), axis: 0) },
    Row("softmax: axis 5 is out of range for rank 2, operand f32[2,3]") { softmax(x, axis: 5) },
    Row(
      "and: dtype f32 is not supported, expected bool or an integer type, lhs "
        + "f32[2,3], rhs f32[2,3]"
    ) { bitwiseAnd(x, x) },
    Row(
      "sin: dtype i32 is not supported, expected a floating-point type, operand "
        + "i32[2,3]"
    ) { Sin()(ints) },
    Row(
      "integer_pow: exponent is -2, expected at least 0 for integers, and within 32 "
        + "bits, operand i32[2,3]"
    ) { pow(ints, -2) },
    Row(
      "which: shapes differ and don't broadcast, condition bool[2], onTrue f32[2,3], "
        + "onFalse i32[]"
    ) { which(Tensor([true, false]), x, 0) },
    Row(
      "concatenate: sizes off the concatenated axis 0 differ, operand 0 f32[2,3] "
        + "axis 1 = 3, operand 1 f32[2,4] axis 1 = 4"
    ) { concatenate([x, Tensor.ones([2, 4])]) },
    Row("concatenate: parts is none, expected at least one") { concatenate([]) },
    Row("stack: shapes differ, part 0 f32[2,3], part 1 f32[3,2]") {
      stack([x, Tensor.ones([3, 2])])
    },
    Row(
      "split: count is 2, expected a divisor of the size, operand f32[2,3] axis 1 = 3"
    ) { split(x, into: 2, axis: 1)[0] },
    Row(
      "reshape: shape is [4, 2] of 8 elements, expected one of 6 elements, operand "
        + "f32[2,3]"
    ) { x.reshaped(to: [4, 2]) },
    Row(
      "transpose: permutation is [0, 0], expected each axis of the operand once, "
        + "operand f32[2,3]"
    ) { x.transposed([0, 0]) },
    Row("squeezed: axes is [0], expected axes of size 1, operand f32[2,3]") { x.squeezed([0]) },
    Row(
      "broadcast: shapes differ and don't broadcast, operand f32[2,3], target "
        + "f32[3,3]"
    ) { x.broadcast(to: [3, 3]) },
    Row("pad: widths is 1 pairs, expected a pair an axis, operand f32[2,3]") { pad(x, [(1, 1)]) },
    Row(
      "pad: widths is (1, -1), expected at least 0, operand f32[2,3] axis 0 = 2"
    ) { pad(x, [(1, -1), (0, 0)]) },
    Row("pad: size is 0, expected an element, operand f32[0] axis 0 = 0") {
      pad(Tensor.ones([0]), [(1, 0)], mode: .edge)
    },
    Row("subscript: index is 5, expected -2 to 1, operand f32[2,3] axis 0 = 2") { x[5] },
    Row(
      "subscript: index is 3 parts, expected at most 2, the axes of the operand, "
        + "operand f32[2,3]"
    ) { x[0, 0, 0] },
    Row(
      "subscript: index is a tensor of dtype f32, expected integers or bool, operand "
        + "f32[2,3]"
    ) { x[x] },
    Row("subscript: step is 0, expected not 0, operand f32[2,3] axis 0 = 2") {
      x[slice(0, 2, step: 0)]
    },
    Row(
      "subscript: index is a mask of shape [3], expected one of the axes' sizes [2], "
        + "operand f32[2,3]"
    ) { x[Tensor([true, true, true])] },
    Row("at: shapes differ and don't broadcast, values f32[4], elements f32[3]") {
      x.at[0].set(Tensor.ones([4]))
    },
    Row(
      "take: dtype f32 is not supported, expected integers for the indices, operand "
        + "f32[2,3], indices f32[2,3]"
    ) { take(x, x, axis: 0) },
    Row(
      "takeAlongAxis: rank is 1, expected 2 for the indices, operand f32[2,3], "
        + "indices i32[1]"
    ) { takeAlongAxis(x, Tensor([0]), axis: 0) },
    Row(
      "dynamic_slice: slice size is 3, expected at most the operand's size, operand "
        + "f32[2,3] axis 0 = 2"
    ) { dynamicSlice(x, starts: [0, 0], sizes: [3, 1]) },
    Row(
      "einsum: equation is \"ij,jk->ik\", expected a term for each operand, operand "
        + "0 f32[2,3]"
    ) { einsum("ij,jk->ik", x) },
    Row(
      "einsum: sizes of axis j differ, operand 0 f32[2,3] axis 1 = 3, operand 1 "
        + "f32[2,3] axis 0 = 2"
    ) { einsum("ij,jk->ik", x, x) },
    Row(
      "einsum: equation is \"ij->ix\", expected letters in the result that an "
        + "operand has, operand 0 f32[2,3]"
    ) { einsum("ij->ix", x) },
    Row(
      "tensordot: contracting sizes differ, lhs f32[2,3] axis 1 = 3, rhs f32[2,3] "
        + "axis 0 = 2"
    ) { tensordot(x, x, axes: ([1], [0])) },
    Row(
      "oneHot: axis, classes is -1, -1, expected an axis of the result and at least "
        + "0 classes, indices i32[2,3]"
    ) { oneHot(ints, classes: -1) },
    Row("glu: size is 3, expected an even one, operand f32[2,3] axis 1 = 3") { glu(x) },
    Row(
      "top_k: k is 4, expected at most the size of the axis, operand f32[2,3] axis 1 "
        + "= 3"
    ) { topK(x, 4).values },
    Row("cholesky: the sizes of the last two axes differ, operand f32[2,3]") { cholesky(x) },
    Row("svd: rank is 1, expected at least 2, operand f32[3]") { svd(Tensor.ones([3])).s },
    Row(
      "resize: shape is [3], expected one of the operand's rank, operand f32[2,3]"
    ) { resize(x, to: [3], method: .linear) },
    Row("quantile: size is 0, expected at least 1, operand f32[0] axis 0 = 0") {
      quantile(Tensor.ones([0]), 0.5)
    },
    Row("arange: step is 0, expected not 0") { arange(0, 3, step: 0) },
    Row("full: shape is [-1], expected sizes of at least 0") { Tensor.full([-1], 1) },
    Row(
      "tile: repetitions is [-1], expected numbers of at least 0, operand f32[2,3]"
    ) { tile(x, [-1]) },
    Row(
      "conv_general_dilated: the features of lhs and the input features of rhs "
        + "differ, lhs f32[1,8,8,3] axis 3 = 3, rhs f32[3,3,4,16] axis 2 = 4\nhint: with "
        + "feature groups the kernel has the features of lhs divided by their number"
    ) {
      bind(
        ConvGeneralDilated(ConvWindow([.init(), .init()]), .channelsLast(spatial: 2)),
        Tensor.ones([1, 8, 8, 3]), Tensor.ones([3, 3, 4, 16]))
    },
    Row(
      "conv_general_dilated: feature group count is 2, expected a divisor of the lhs "
        + "features, lhs f32[1,8,8,3] axis 3 = 3, rhs f32[3,3,4,16]"
    ) {
      bind(
        ConvGeneralDilated(
          ConvWindow([.init(), .init()]), .channelsLast(spatial: 2), featureGroups: 2),
        Tensor.ones([1, 8, 8, 3]), Tensor.ones([3, 3, 4, 16]))
    },
    Row(
      "conv_general_dilated: rank is 4, expected 3 for as many strides and paddings, "
        + "lhs f32[1,8,8,3], rhs f32[3,3,3,16]"
    ) {
      bind(
        ConvGeneralDilated(ConvWindow([.init()]), .channelsLast(spatial: 1)),
        Tensor.ones([1, 8, 8, 3]), Tensor.ones([3, 3, 3, 16]))
    },
    Row(
      "conv_general_dilated: padding is (-5, 0), expected one that leaves a size of "
        + "at least 0, lhs f32[1,4,8,3] axis 1 = 4, rhs f32[3,3,3,16]"
    ) {
      bind(
        ConvGeneralDilated(ConvWindow([.init(low: -5), .init()]), .channelsLast(spatial: 2)),
        Tensor.ones([1, 4, 8, 3]), Tensor.ones([3, 3, 3, 16]))
    },
    Row(
      "reduce_window_max: stride is 0, expected at least 1, operand f32[4,4] axis 0 "
        + "= 4"
    ) {
      bind(
        ReduceWindowMax(sizes: [2, 2], window: ConvWindow([.init(stride: 0), .init()])),
        Tensor.ones([4, 4]))
    },
  ]

  @Test(arguments: rows) func text(_ row: Row) {
    let error = #expect(throws: TensorError.self) { try withErrors { _ = row.call() } }
    #expect(error?.description == row.text)
  }
}
