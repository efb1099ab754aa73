@testable import Tensor

extension NumericsCatalogue {
  private static func pair(
    _ label: String, _ x: Shape, _ y: Shape,
    _ function: @escaping @Sendable (Tensor, Tensor) -> Tensor
  ) -> NumericsRow {
    NumericsRow(label, [.real(x), .real(y)]) { function($0[0], $0[1]) }
  }

  private static func unary(
    _ label: String, _ input: RowInput, _ function: @escaping @Sendable (Tensor) -> Tensor
  ) -> NumericsRow {
    NumericsRow(label, [input]) { function($0[0]) }
  }

  static let products: [NumericsRow] = [
    pair("matmul", [2, 3], [3, 4]) { matmul($0, $1) },
    pair("matmul, vectors", [3], [3]) { matmul($0, $1) },
    pair("matmul, vector left", [3], [2, 3, 4]) { matmul($0, $1) },
    pair("matmul, vector right", [2, 3, 4], [4]) { matmul($0, $1) },
    pair("matmul, batch", [2, 1, 3, 4], [5, 4, 2]) { matmul($0, $1) },
    pair("matmul, batch left", [2, 5, 3, 4], [4, 2]) { matmul($0, $1) },
    NumericsRow("matmul, mixed types", [.integers([2, 3], -5, 5), .real([3, 2])]) {
      matmul($0[0], $0[1])
    },
    pair("dot", [2, 3, 4], [5, 4, 2]) { dot($0, $1) },
    pair("inner", [2, 4], [3, 4]) { inner($0, $1) },
    pair("outer", [2, 2], [3]) { outer($0, $1) },
    pair("vdot", [2, 3], [3, 2]) { vdot($0, $1) },
    pair("tensordot", [2, 3, 4], [4, 3, 5]) { tensordot($0, $1, axes: ([1, 2], [1, 0])) },
    pair("tensordot, 2", [2, 3, 4], [3, 4, 5]) { tensordot($0, $1, count: 2) },
    pair("einsum bij,bjk->bik", [2, 3, 4], [2, 4, 5]) { einsum("bij,bjk->bik", $0, $1) },
    pair("einsum ij,jk", [3, 4], [4, 5]) { einsum("ij,jk", $0, $1) },
    pair("einsum ij,ij->", [3, 4], [3, 4]) { einsum("ij,ij->", $0, $1) },
    pair("einsum ...ij,...jk->...ik", [2, 1, 3, 4], [5, 4, 2]) {
      einsum("...ij,...jk->...ik", $0, $1)
    },
    pair("einsum bqhd,bkhd->bhqk", [2, 3, 2, 4], [2, 5, 2, 4]) {
      einsum("bqhd,bkhd->bhqk", $0, $1)
    },
    pair("einsum i,j->ji", [3], [4]) { einsum("i,j->ji", $0, $1) },
    unary("einsum ii->i", .real([3, 3])) { einsum("ii->i", $0) },
    unary("einsum ii", .real([3, 3])) { einsum("ii", $0) },
    unary("einsum ijk->kj", .real([2, 3, 4])) { einsum("ijk->kj", $0) },
    pair("conv", [2, 6, 5, 3], [3, 2, 3, 4]) {
      convGeneralDilated($0, $1, strides: [2, 1], padding: .same)
    },
    pair("conv, SAME_LOWER", [2, 7, 3], [4, 3, 2]) {
      convGeneralDilated($0, $1, strides: [2], padding: .sameLower, kernelDilation: [2])
    },
    pair("conv, letters", [2, 4, 6, 5], [2, 3, 3, 2]) {
      convGeneralDilated(
        $0, $1, padding: .explicit([.init(1, 2), .init(0, -1)]), inputDilation: [2, 1],
        dimensionNumbers: ConvDimensionNumbers(lhs: "NCWH", rhs: "OHWI", out: "NHWC"),
        featureGroups: 2)
    },
    unary("avg_pool", .real([2, 5, 5, 2])) {
      windowSum($0, sizes: [1, 2, 3, 1], strides: [1, 2, 2, 1], padding: .same) / 6
    },
    unary("max_pool", .distinct([2, 5, 5, 2])) {
      windowMax($0, sizes: [1, 3, 3, 1], strides: [1, 2, 2, 1], padding: .same)
    },
    unary("min_pool", .distinct([2, 5])) { windowMin($0, sizes: [1, 2]) },
    NumericsRow("einsum of three", [.real([2, 3]), .real([3, 4]), .real([4, 5])]) {
      einsum("ij,jk,kl->il", $0[0], $0[1], $0[2])
    },
    NumericsRow("einsum ij,jk,k->i", [.real([2, 3]), .real([3, 4]), .real([4])]) {
      einsum("ij, jk, k -> i", $0[0], $0[1], $0[2])
    },
  ]

  static let shapes: [NumericsRow] = [
    pair("concatenate", [2, 3], [1, 3]) { concatenate([$0, $1, $0]) },
    pair("concatenate, axis -1", [2, 3], [2, 1]) { concatenate([$0, $1], axis: -1) },
    NumericsRow("concatenate, mixed types", [.integers([2], -5, 5), .real([3])]) {
      concatenate([$0[0], $0[1]])
    },
    pair("stack, axis 1", [2, 3], [2, 3]) { stack([$0, $1], axis: 1) },
    unary("split", .real([2, 6])) { split($0, into: 3, axis: 1)[1] },
    unary("split, at", .real([7])) { split($0, at: [2, 5])[1] },
    unary("flip", .real([2, 3])) { flip($0) },
    unary("flip, axis 1", .real([2, 3])) { flip($0, axes: [1]) },
    unary("roll", .real([2, 3])) { roll($0, by: 4) },
    unary("roll, axis 1", .real([2, 3])) { roll($0, by: -1, axis: 1) },
    unary("tile", .real([2, 3])) { tile($0, [2, 1, 2]) },
    unary("tile, fewer", .real([2, 3])) { tile($0, [2]) },
    unary("repeat", .real([2, 3])) { `repeat`($0, 2) },
    unary("repeat, axis 0", .real([2, 3])) { `repeat`($0, 2, axis: 0) },
    unary("moveaxis", .real([2, 3, 4])) { moveAxis($0, 0, to: -1) },
    unary("swapaxes", .real([2, 3, 4])) { swapAxes($0, 0, 2) },
    unary("expand_dims", .real([2, 3])) { expandDims($0, axes: [0, -1]) },
    unary("pad", .real([2, 3])) { pad($0, [(1, 0), (2, 1)]) },
    unary("pad, constant 5", .real([2, 3])) { pad($0, [(1, 0), (2, 1)], constant: 5) },
    unary("pad, edge", .real([2, 3])) { pad($0, [(1, 2), (0, 3)], mode: .edge) },
    unary("pad, wrap", .real([2, 3])) { pad($0, [(1, 3), (7, 4)], mode: .wrap) },
    unary("pad, reflect", .real([3, 4])) { pad($0, [(2, 1), (3, 2)], mode: .reflect) },
    unary("pad, reflect far", .real([3])) { pad($0, [(7, 8)], mode: .reflect) },
    unary("pad, symmetric", .real([3])) { pad($0, [(7, 8)], mode: .symmetric) },
    unary("tril", .real([3, 4])) { tril($0, offset: -1) },
    unary("triu", .real([2, 3, 4])) { triu($0, offset: 1) },
    unary("diag of a vector", .real([3])) { diag($0, offset: 1) },
    unary("diag of a matrix", .real([3, 4])) { diag($0, offset: -1) },
    unary("trace", .real([3, 3])) { trace($0) },
    NumericsRow("arange", []) { _ in arange(5) },
    NumericsRow("arange, step", []) { _ in arange(10, 2, step: -3) },
    NumericsRow("linspace", []) { _ in linspace(-1, 2, count: 7) },
    NumericsRow("linspace, open", []) { _ in linspace(0, 1, count: 5, endpoint: false) },
    NumericsRow("logspace", []) { _ in logspace(0, 3, count: 4) },
    NumericsRow("eye", []) { _ in eye(2, 4, offset: 1) },
    NumericsRow("tri", []) { _ in tri(3, dtype: .int32) },
    pair("meshgrid", [3], [2]) { meshgrid([$0, $1])[0] },
    pair("meshgrid, ij", [3], [2]) { meshgrid([$0, $1], indexing: .ij)[1] },
    unary("resize, nearest", .real([4, 5])) { resize($0, to: [6, 3], method: .nearest) },
    unary("resize, linear", .real([4, 5])) { resize($0, to: [6, 3], method: .linear) },
    unary("resize, no antialias", .real([4, 6])) {
      resize($0, to: [6, 3], method: .linear, antialias: false)
    },
    unary("resize, cubic", .real([2, 4, 5, 1])) {
      resize($0, to: [2, 7, 3, 1], method: .cubic)
    },
    unary("resize, lanczos3", .real([6, 5])) { resize($0, to: [4, 9], method: .lanczos3) },
    unary("resize, lanczos5", .real([6, 5])) { resize($0, to: [4, 9], method: .lanczos5) },
    NumericsRow(
      "cholesky", [.fixed([2, 2], [3, 1, 0.5, 2])]
    ) { cholesky($0[0]) },
    pair("solve", [3, 3], [3, 2]) { solve($0, $1) },
    pair("solve, vector", [3, 3], [3]) { solve($0, $1) },
    unary("inv", .fixed([2, 2], [3, 1, 0.5, 2])) { inv($0) },
    unary("eigenvalues", .fixed([2, 2], [3, 1, 0.5, 2])) { eigh($0).eigenvalues },
    unary("singular values", .real([3, 2])) { svd($0).s },
  ]

  private static let cube = RowInput.real([3, 4, 5])
  private static let ids = RowInput.fixed([2, 2], [0, 2, -1, 1], .int32)

  static let indexing: [NumericsRow] = [
    unary("x[1]", cube) { $0[1] },
    unary("x[-1, 2]", cube) { $0[-1, 2] },
    unary("x[1:3, ..., 0]", cube) { $0[1..<3, ..., 0] },
    unary("x[..., 1:]", cube) { $0[..., 1...] },
    unary("x[:, ::2, ::-1]", cube) {
      $0[0..., slice(nil, nil, step: 2), slice(nil, nil, step: -1)]
    },
    unary("x[0, 3:0:-2]", cube) { $0[0, slice(3, 0, step: -2)] },
    unary("x[:-1, None, 1:9]", cube) { $0[..<(-1), TensorIndex.newAxis, 1..<9] },
    unary("x[2:1]", cube) { $0[slice(2, 1)] },
    NumericsRow("x[i]", [cube, ids]) { $0[0][$0[1]] },
    NumericsRow("x[:, i]", [cube, ids]) { $0[0][0..., $0[1]] },
    NumericsRow("x[i, i]", [cube, ids]) { $0[0][$0[1], $0[1]] },
    NumericsRow("x[i, :, i]", [cube, ids]) { $0[0][$0[1], 0..., $0[1]] },
    NumericsRow("x[:, i, 1:3]", [cube, ids]) { $0[0][0..., $0[1], 1..<3] },
    NumericsRow("x[i, 1]", [cube, ids]) { $0[0][$0[1], 1] },
    NumericsRow("x[1, :, i]", [cube, ids]) { $0[0][1, 0..., $0[1]] },
    NumericsRow("x[mask]", [.real([3, 4]), .bools([3, 4])]) { $0[0][$0[1]] },
    NumericsRow("x[i], out of bounds", [.real([3]), .fixed([3], [5, -7, 1], .int32)]) {
      $0[0][$0[1]]
    },
    NumericsRow("take", [.real([3, 4]), ids]) { take($0[0], $0[1], axis: 1) },
    NumericsRow("take, flat", [.real([3, 4]), ids]) { take($0[0], $0[1]) },
    NumericsRow("take, out of bounds", [.real([3, 2]), .fixed([3], [5, -7, 1], .int32)]) {
      take($0[0], $0[1], axis: 0)
    },
    NumericsRow("take, clip", [.real([3]), .fixed([3], [5, -7, 1], .int32)]) {
      take($0[0], $0[1], axis: 0, outOfBounds: .clip)
    },
    NumericsRow("take, wrap", [.real([3]), .fixed([3], [5, -7, 1], .int32)]) {
      take($0[0], $0[1], axis: 0, outOfBounds: .wrap)
    },
    NumericsRow("take_along_axis", [.real([2, 4]), ids]) { takeAlongAxis($0[0], $0[1], axis: 1) },
    NumericsRow("take_along_axis, broadcast", [.real([2, 1, 4]), .integers([1, 3, 2], -4, 5)]) {
      takeAlongAxis($0[0], $0[1], axis: 2)
    },
    pair("at[1].set", [3, 4], [4]) { $0.at[1].set($1) },
    pair("at[1:, ::2].set", [3, 4], [2, 2]) { $0.at[1..., slice(nil, nil, step: 2)].set($1) },
    pair("at[..., 0].add", [3, 4], [3]) { $0.at[..., 0].add($1) },
    NumericsRow("at[i].add", [.real([3, 4]), ids, .real([2, 2, 4])]) {
      $0[0].at[$0[1]].add($0[2])
    },
    NumericsRow("at[i].add, values", [.real([2, 2, 4]), ids]) {
      Tensor.zeros([3, 4]).at[$0[1]].add($0[0])
    },
    NumericsRow("at[i].set, out of bounds", [.real([3]), .fixed([3], [5, -7, 1], .int32)]) {
      $0[0].at[$0[1]].set(9)
    },
    NumericsRow("at[:, i].multiply", [.real([3, 4]), .fixed([2], [1, 1], .int32)]) {
      $0[0].at[0..., $0[1]].multiply(2)
    },
    NumericsRow("at[i].max", [.real([3, 4]), ids]) { $0[0].at[$0[1]].max(0.5) },
    NumericsRow("at[1:, i].subtract", [.real([3, 4]), .fixed([2], [0, 2], .int32)]) {
      $0[0].at[1..., $0[1]].subtract(1)
    },
    NumericsRow("dynamic_slice", [.real([4, 5]), .integers([], 0, 3)]) {
      dynamicSlice($0[0], starts: [$0[1], -2], sizes: [2, 2])
    },
    NumericsRow("dynamic_update_slice", [.real([4, 5]), .real([2, 5]), .fixed([], [3], .int32)]) {
      dynamicUpdateSlice($0[0], $0[1], start: $0[2])
    },
  ]
}
