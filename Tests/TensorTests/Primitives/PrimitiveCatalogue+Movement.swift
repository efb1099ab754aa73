@testable import Tensor

extension PrimitiveCatalogue {
  static let movement: [PrimitiveRow] = [
    PrimitiveRow(Reshape([3, 4]), [.real([2, 6])], linear: [[0]]),
    PrimitiveRow(Transpose([2, 0, 1]), [.real([2, 3, 4])], linear: [[0]]),
    PrimitiveRow(
      BroadcastInDim([4, 2, 3, 5], axes: [1, 2]), [.real([2, 3])], linear: [[0]]),
    PrimitiveRow(
      BroadcastInDim([4, 3], axes: [0, 1]), "size 1", [.real([1, 3])], linear: [[0]]),
    PrimitiveRow(Rev(axes: [0, 2]), [.real([2, 3, 4])], linear: [[0]]),
    PrimitiveRow(
      Slice(start: [1, 0], limit: [4, 5], step: [1, 2]), [.real([4, 6])], linear: [[0]]),
    PrimitiveRow(
      Slice(start: [1, 2], limit: [1, 5]), "empty", [.real([4, 6])], linear: [[0]]),
    PrimitiveRow(
      Pad(low: [1, 0], high: [2, 1]), [.real([2, 3]), .real([])], linear: [[0], [1], [0, 1]]),
    PrimitiveRow(
      Pad(low: [-1, 2], high: [1, -1], interior: [1, 2]), "interior, negative",
      [.real([3, 4]), .real([])], linear: [[0], [1], [0, 1]]),
    PrimitiveRow(
      Pad(low: [-4], high: [-1], interior: [1]), "cut to nothing", [.real([3]), .real([])],
      linear: [[0], [0, 1]]),
    PrimitiveRow(
      Concatenate(axis: 1), [.real([2, 3]), .real([2, 1]), .real([2, 2])],
      linear: [[0], [0, 2], [0, 1, 2]]),
    PrimitiveRow(Concatenate(axis: 0), "one", [.real([2, 3])], linear: [[0]]),
    PrimitiveRow(Split([2, 3], axis: 1), [.real([2, 5])], linear: [[0]]),
    PrimitiveRow(Iota(.int32, [2, 3], axis: 1), []),
    PrimitiveRow(
      DotGeneral(contracting: ([1], [0])), [.real([2, 3]), .real([3, 4])], linear: [[0], [1]]),
    PrimitiveRow(
      DotGeneral(contracting: ([3, 1], [0, 2]), batch: ([2], [1])), "batch",
      [.real([2, 3, 4, 2]), .real([2, 4, 3, 2])], linear: [[0], [1]]),
    PrimitiveRow(
      DotGeneral(contracting: ([], [])), "outer", [.real([2, 2]), .real([3])],
      linear: [[0], [1]]),
  ]
}
