@testable import Tensor

extension NumericsCatalogue {
  private static let some = RowInput.fixed([6], [-3, -0.5, 0, 0.25, 1, 4])
  private static let gaps = RowInput.fixed(
    [3, 4], [1, .nan, -2, 3, .nan, .nan, .nan, .nan, 0.5, 2, .nan, -1])
  private static let ids = RowInput.fixed([5], [2, 0, 2, -1, 7], .int32)

  private static func row(
    _ label: String, _ inputs: [RowInput], _ function: @escaping @Sendable ([Tensor]) -> Tensor
  ) -> NumericsRow {
    NumericsRow(label, inputs, function)
  }

  static let special: [NumericsRow] = [
    row("swish", [some]) { swish($0[0]) },
    row("hard_swish", [some]) { hardSwish($0[0]) },
    row("squareplus", [some]) { squareplus($0[0]) },
    row("squareplus, 1", [some]) { squareplus($0[0], b: 1) },
    row("mish", [some]) { mish($0[0]) },
    row("sparse_plus", [some]) { sparsePlus($0[0]) },
    row("sparse_sigmoid", [some]) { sparseSigmoid($0[0]) },

    row("hypot", [some, .fixed([6], [4, 0.1, 0, -2, 1e30, 3])]) { hypot($0[0], $0[1]) },
    row("signbit", [.fixed([5], [1, -0.0, 0, -2, .nan])]) { signBit($0[0]) },
    row("copysign", [some, .fixed([6], [1, -1, -0.0, 2, -3, 0])]) { copySign($0[0], $0[1]) },
    row("xlogy", [.fixed([3], [0, 2, -1]), .fixed([3], [2, 3, 0.5])]) { xlogy($0[0], $0[1]) },
    row("xlogy, zeros", [.fixed([2], [0, 1], .int32), .fixed([2], [0, 0])]) {
      xlogy($0[0], $0[1])
    },
    row("xlog1py", [.fixed([3], [0, 2, -1]), .fixed([3], [2, 3, 0.5])]) { xlog1py($0[0], $0[1]) },
    row("xlog1py, zeros", [.fixed([2], [0, 1], .int32), .fixed([2], [-1, -1])]) {
      xlog1py($0[0], $0[1])
    },
    row("entr", [.fixed([4], [0.1, 1, 0.5, 2])]) { entr($0[0]) },
    row("entr, limits", [.fixed([3], [0, -1, 2], .int32)]) { entr($0[0]) },
    row("sinc", [some]) { sinc($0[0]) },

    row("nansum", [gaps]) { nanSum($0[0], axes: [1]) },
    row("nanmean", [gaps]) { nanMean($0[0], axes: [0], keepingAxes: true) },
    row("nanmax", [gaps]) { nanMax($0[0], axes: [1]) },
    row("nanmin", [gaps]) { nanMin($0[0]) },
    row("average", [.real([3, 4]), .real([4], 0.5, 2)]) {
      average($0[0], axes: [1], weights: $0[1])
    },
    row("average of all", [.real([3, 4]), .real([3, 4], 0.5, 2)]) {
      average($0[0], weights: $0[1])
    },
    row("allclose", [.fixed([2], [1, 2]), .fixed([2], [1.000001, 2])]) { allClose($0[0], $0[1]) },

    row("segment_sum", [.real([5, 2]), ids]) { segment(.sum, $0[0], $0[1], count: 3) },
    row("segment_prod", [.real([5, 2]), ids]) { segment(.prod, $0[0], $0[1], count: 3) },
    row("segment_max", [.distinct([5]), ids]) { segment(.max, $0[0], $0[1], count: 3) },
    row("segment_min", [.distinct([5]), ids]) { segment(.min, $0[0], $0[1], count: 3) },
    row("unravel_index", [.fixed([2, 2], [0, 7, 23, -1], .int32)]) {
      unravelIndex($0[0], [2, 3, 4])
    },
    row("ravel_multi_index", [.fixed([3], [0, 1, 5], .int32), .fixed([3], [2, -4, 3], .int32)]) {
      ravelMultiIndex($0, [3, 4])
    },

    row("array_split", [.real([7, 2])]) { arraySplit($0[0], into: 3)[1] },
    row("vstack", [.real([3]), .real([2, 3])]) { vstack($0) },
    row("hstack", [.real([2, 3]), .real([2, 1])]) { hstack($0) },
    row("hstack of vectors", [.real([2]), .real([3])]) { hstack($0) },
    row("kron", [.real([2, 3]), .real([3, 2])]) { kron($0[0], $0[1]) },
    row("kron, ranks", [.real([3]), .real([2, 2])]) { kron($0[0], $0[1]) },
    row("block_diag", [.real([2, 3]), .real([1, 2])]) { blockDiag($0) },
    row("matrix_power", [.real([2, 2])]) { matrixPower($0[0], 3) },

    row("at[mask].set", [.real([2, 3]), .fixed([2, 3], [1, 0, 0, 1, 1, 0], .bool)]) {
      $0[0].at[$0[1]].set(7)
    },
    row("at[rows].add", [.real([3, 2]), .fixed([3], [1, 0, 1], .bool)]) {
      $0[0].at[$0[1]].add(0.5)
    },
    row("at[mask].set, values", [.real([2, 3]), .fixed([2, 3], [1, 0, 0, 1, 1, 0], .bool)]) {
      $0[0].at[$0[1]].set(Tensor([1.0, 2, 3]))
    },
    row("resize, nearest, larger", [.real([3, 2])]) {
      resize($0[0], to: [7, 5], method: .nearest)
    },
    row("resize, linear, both ways", [.real([2, 5, 3])]) {
      resize($0[0], to: [3, 2, 3], method: .linear)
    },
    row("resize, cubic, larger", [.real([4, 4])]) { resize($0[0], to: [9, 3], method: .cubic) },
  ]
}
