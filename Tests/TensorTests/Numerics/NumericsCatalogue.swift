@testable import Tensor

extension NumericsCatalogue {
  /// With 0, the limits of the piecewise functions, and large numbers.
  private static let line = RowInput.fixed(
    [14], [-20, -6.5, -3, -1, -0.4, 0, 0.3, 1, 2, 3, 5.5, 6, 7, 30])
  private static let matrix = RowInput.real([3, 4], -3, 3)
  private static let mask = RowInput.bools([3, 4])

  private static func unary(
    _ label: String, _ input: RowInput = line, tolerance: Double = 1e-6,
    _ function: @escaping @Sendable (Tensor) -> Tensor
  ) -> NumericsRow {
    NumericsRow(label, [input], tolerance: tolerance) { function($0[0]) }
  }

  static let activations: [NumericsRow] = [
    unary("relu") { relu($0) },
    unary("relu6") { relu6($0) },
    unary("leaky_relu") { leakyReLU($0) },
    unary("leaky_relu, 0.3") { leakyReLU($0, negativeSlope: 0.3) },
    unary("elu") { elu($0) },
    unary("elu, 0.7") { elu($0, alpha: 0.7) },
    unary("celu") { celu($0) },
    unary("celu, 2") { celu($0, alpha: 2) },
    unary("selu") { selu($0) },
    unary("gelu") { gelu($0) },
    unary("gelu, exact") { gelu($0, approximate: false) },
    unary("glu") { glu($0) },
    unary("glu, axis 0", .real([4, 3])) { glu($0, axis: 0) },
    unary("sigmoid") { sigmoid($0) },
    unary("log_sigmoid") { logSigmoid($0) },
    unary("silu") { silu($0) },
    unary("softplus") { softplus($0) },
    unary("soft_sign") { softSign($0) },
    unary("hard_sigmoid") { hardSigmoid($0) },
    unary("hard_silu") { hardSilu($0) },
    unary("hard_tanh") { hardTanh($0) },
    unary("softmax", matrix) { softmax($0) },
    unary("softmax, axis 0", matrix) { softmax($0, axis: 0) },
    unary("softmax, both axes", matrix) { softmax($0, axes: [0, 1]) },
    NumericsRow("softmax, mask", [matrix, mask]) { softmax($0[0], where: $0[1]) },
    unary("log_softmax", matrix) { logSoftmax($0) },
    NumericsRow("log_softmax, mask", [matrix, mask]) { logSoftmax($0[0], where: $0[1]) },
    unary("logsumexp", matrix) { logSumExp($0) },
    unary("logsumexp, axis 1 kept", matrix) { logSumExp($0, axes: [1], keepingAxes: true) },
    NumericsRow("logsumexp, mask", [matrix, mask]) {
      logSumExp($0[0], axes: [0], where: $0[1])
    },
    NumericsRow("logsumexp, weights", [matrix, .real([3, 4], 0, 2)]) {
      logSumExp($0[0], axes: [1], weights: $0[1])
    },
    unary("standardize", matrix, tolerance: 3e-6) { standardize($0) },
    NumericsRow(
      "standardize, mask",
      [.real([3, 4]), .fixed([3, 4], [1, 1, 0, 1, 0, 1, 1, 1, 1, 0, 1, 1], .bool)],
      tolerance: 5e-6
    ) {
      standardize($0[0], axis: 0, where: $0[1])
    },
    unary("one_hot", .integers([2, 3], -1, 4)) { oneHot($0, classes: 4) },
    unary("one_hot, axis 0", .integers([2, 3], -1, 4)) { oneHot($0, classes: 4, axis: 0) },
  ]

  static let elementwise: [NumericsRow] = [
    unary("log2", .real([5], 0.1, 9)) { log2($0) },
    unary("log10", .real([5], 0.1, 9)) { log10($0) },
    unary("reciprocal", .real([5], 0.1, 9)) { reciprocal($0) },
    unary("exp of integers", .integers([5], -3, 3)) { exp($0) },
    unary("square of integers", .integers([5], -3, 3)) { square($0) },
    unary("pow 3") { pow($0, 3) },
    unary("pow -2", .real([5], 0.5, 2)) { pow($0, -2) },
    unary("pow 2.5", .real([5], 0.5, 2)) { pow($0, 2.5) },
    NumericsRow("pow of integers", [.integers([6], -5, 5), .integers([6], 0, 7)]) {
      pow($0[0], $0[1])
    },
    NumericsRow("pow, broadcast", [.real([2, 1], 0.5, 2), .real([3], -1, 2)]) {
      pow($0[0], $0[1])
    },
    NumericsRow("logaddexp", [.real([4]), .fixed([4], [1, -3, 50, -200])]) {
      logAddExp($0[0], $0[1])
    },
    NumericsRow(
      "logaddexp, infinities",
      [
        .fixed([4], [.infinity, -.infinity, -.infinity, 1]), .fixed([4], [1, -.infinity, 2, .nan]),
      ]
    ) { logAddExp($0[0], $0[1]) },
    unary("round") { round($0) },
    unary("round, 1 decimal", .real([6])) { round($0, decimals: 1) },
    unary("round, -1 decimals", .real([6], -99, 99)) { round($0, decimals: -1) },
    unary("trunc") { trunc($0) },
    unary("isnan", .fixed([3], [1, .nan, .infinity])) { isNaN($0) },
    unary("isinf", .fixed([3], [1, .nan, -.infinity])) { isInf($0) },
    unary("nan_to_num", .fixed([4], [1, .nan, .infinity, -.infinity])) { nanToNum($0) },
    NumericsRow(
      "floor_divide", [.integers([6], -9, 9), .fixed([6], [2, -2, 3, -3, 4, 5], .int32)]
    ) {
      floorDivide($0[0], $0[1])
    },
    NumericsRow("floor_divide of floats", [.real([6], -9, 9), .fixed([6], [2, -2, 3, -3, 4, 5])]) {
      floorDivide($0[0], $0[1])
    },
    NumericsRow("remainder", [.integers([6], -9, 9), .fixed([6], [2, -2, 3, -3, 4, 5], .int32)]) {
      remainder($0[0], $0[1])
    },
    NumericsRow("remainder of floats", [.real([6], -9, 9), .fixed([6], [2, -2, 3, -3, 4, 5])]) {
      remainder($0[0], $0[1])
    },
    NumericsRow(
      "divide integers", [.integers([6], -9, 9), .fixed([6], [2, -2, 3, -3, 4, 5], .int32)]
    ) { $0[0] / $0[1] },
    NumericsRow("isclose", [.fixed([3], [1, 1, 0]), .fixed([3], [1.000001, 1.1, 1e-9])]) {
      isClose($0[0], $0[1])
    },
    NumericsRow("where", [mask, matrix, .real([4])]) { which($0[0], $0[1], $0[2]) },
    NumericsRow("where, gradient", [matrix, mask]) { which($0[1], $0[0], 0.0) },
    unary("clip", line) { clip($0, low: -1, high: 2) },
    unary("clip, low alone", line) { clip($0, low: -1) },
    unary("maximum, scalar") { maximum($0, 0) },
    unary("weak literals", .integers([3], -9, 9)) { $0 * 2 + 1 },
    unary("weak float literal", .integers([3], -9, 9)) { $0 * 2.5 },
    unary("atan2", .real([5])) { atan2($0, 0.7) },
  ]

  static let reductions: [NumericsRow] = [
    unary("sum", matrix) { sum($0) },
    unary("sum, axis -1", matrix) { sum($0, axes: [-1]) },
    unary("sum, axes kept", .real([2, 3, 4])) { sum($0, axes: [0, 2], keepingAxes: true) },
    unary("sum of int8", .integers([20], -100, 100, .int8)) { sum($0) },
    unary("sum of uint8", .integers([20], 0, 200, .uint8)) { sum($0) },
    unary("sum of bool", mask) { sum($0, axes: [0]) },
    NumericsRow("sum, mask", [matrix, mask]) { sum($0[0], axes: [1], where: $0[1]) },
    unary("prod", matrix) { prod($0, axes: [1]) },
    unary("max", matrix) { max($0) },
    unary("max, ties", .ties([3, 4])) { max($0, axes: [1]) },
    unary("max, no elements", .real([0, 3])) { max($0, axes: [0], initial: 1.5) },
    NumericsRow("max, mask", [matrix, mask]) {
      max($0[0], axes: [1], where: $0[1], initial: -9)
    },
    unary("min, axis 0", matrix) { min($0, axes: [0]) },
    unary("all", mask) { all($0, axes: [1]) },
    unary("any", mask) { any($0, axes: [0], keepingAxes: true) },
    unary("count_nonzero", .ties([3, 4])) { countNonzero($0, axes: [0]) },
    unary("argmax", .ties([3, 4])) { argmax($0) },
    unary("argmax, axis 1 kept", .ties([3, 4])) { argmax($0, axis: 1, keepingAxes: true) },
    unary("argmin, axis 0", .ties([3, 4])) { argmin($0, axis: 0) },
    unary("mean", matrix) { mean($0) },
    unary("mean of integers", .integers([3, 4], -9, 9)) { mean($0, axes: [0]) },
    NumericsRow("mean, mask", [matrix, mask]) { mean($0[0], axes: [0], where: $0[1]) },
    unary("mean of bfloat16", .integers([40], -9, 9)) {
      mean($0.cast(to: .bfloat16)).cast(to: .float32)
    },
    unary("var", matrix) { variance($0, axes: [1]) },
    unary("var, correction 1", matrix) {
      variance($0, axes: [0], keepingAxes: true, correction: 1)
    },
    NumericsRow("var, mask", [matrix, .bools([3, 4])]) {
      variance($0[0], axes: [1], where: $0[1])
    },
    unary("std", matrix) { std($0) },
    unary("norm", matrix) { norm($0) },
    unary("norm, order 1", matrix) { norm($0, order: 1, axes: [0]) },
    unary("norm, infinite order", matrix) { norm($0, order: .infinity, axes: [1]) },
    unary("norm, order 3", matrix) { norm($0, order: 3, axes: [1], keepingAxes: true) },
    unary("cumsum", matrix) { cumsum($0) },
    unary("cumsum of bool", mask) { cumsum($0, axis: 1) },
    unary("cumprod", matrix) { cumprod($0, axis: 0) },
    unary("diff", matrix) { diff($0) },
    unary("diff, order 2", matrix) { diff($0, order: 2, axis: 0) },
    unary("median", .distinct([3, 4])) { median($0, axis: 1) },
    unary("median of all", .distinct([3, 3])) { median($0) },
    NumericsRow("quantile", [.distinct([3, 5]), .fixed([3], [0.1, 0.5, 0.9])]) {
      quantile($0[0], $0[1], axis: 1)
    },
    unary("quantile, scalar", .distinct([3, 5])) { quantile($0, 0.3, axis: 0, keepingAxes: true) },
    unary("quantile, nearest", .distinct([6])) { quantile($0, 0.3, method: .nearest) },
    unary("quantile, lower", .distinct([6])) { quantile($0, 0.3, method: .lower) },
    unary("percentile", .distinct([6])) { percentile($0, 35) },
    unary("sort", .distinct([3, 4])) { sort($0, axis: 0) },
    unary("sort, descending", .distinct([3, 4])) { sort($0, descending: true) },
    unary("argsort", .ties([3, 4])) { argsort($0) },
    unary("argsort, descending", .ties([3, 4])) { argsort($0, axis: 0, descending: true) },
    unary("top_k", .distinct([3, 4])) { topK($0, 2).values },
    unary("top_k indices", .ties([3, 4])) { topK($0, 2).indices },
    NumericsRow(
      "searchsorted", [.fixed([5], [-1, 0, 0, 2, 3]), .fixed([2, 2], [0, 2.5, -7, 9])]
    ) {
      searchSorted($0[0], $0[1])
    },
    NumericsRow("searchsorted, right", [.fixed([5], [-1, 0, 0, 2, 3]), .fixed([2], [0, 3])]) {
      searchSorted($0[0], $0[1], right: true)
    },
  ]
}
