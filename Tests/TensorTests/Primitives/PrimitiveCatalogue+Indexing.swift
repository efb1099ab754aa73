@testable import Tensor

extension PrimitiveCatalogue {
  /// Rows of a matrix, by one index each.
  private static let rowsOfMatrix = IndexAxes(offset: [1], collapsed: [0], startMap: [0])
  private static let rowIndices = RowInput.fixed([4, 1], [2, 0, 7, 2], .int32)

  /// Blocks of [2, 2] in [4, 3, 5], at places of two components in other order.
  private static let blocks = IndexAxes(offset: [0, 2], collapsed: [1], startMap: [2, 0])
  private static let blockIndices = RowInput.fixed([3, 2], [0, 1, 3, 2, 9, -4], .int32)

  /// One place along the last axis for each of the others.
  private static let along = IndexAxes(
    offset: [], collapsed: [1], startMap: [1], operandBatching: [0], indexBatching: [0])
  private static let alongIndices = RowInput.fixed([3, 2, 1], [1, 3, 0, 0, 2, 1], .int32)

  private static let updates = RowInput.distinct([4, 3])
  private static let matrix = RowInput.real([4, 3])
  private static let unique = RowInput.fixed([2, 1], [3, 1], .int32)

  private static func scatter(
    _ combination: Scatter.Combination, _ variant: String, unique isUnique: Bool = false,
    smooth: [Int] = [0, 2], linear: [[Int]] = []
  ) -> PrimitiveRow {
    PrimitiveRow(
      Scatter(combination, rowsOfMatrix, mode: .fill(.zero), isUnique: isUnique), variant,
      isUnique
        ? [matrix, unique, .distinct([2, 3])]
        : [matrix, .fixed([4, 1], [2, 0, 2, 7], .int32), updates],
      smooth: smooth, linear: linear)
  }

  static let indexing: [PrimitiveRow] = [
    PrimitiveRow(
      Gather(rowsOfMatrix, sliceSizes: [1, 3], mode: .clip), "rows, clip",
      [.real([5, 3]), rowIndices], linear: [[0]]),
    PrimitiveRow(
      Gather(rowsOfMatrix, sliceSizes: [1, 3], mode: .fill(.standard)), "rows, fill",
      [.real([5, 3]), rowIndices], linear: []),
    PrimitiveRow(
      Gather(rowsOfMatrix, sliceSizes: [1, 3], mode: .fill(.zero)), "rows, fill 0",
      [.real([5, 3]), rowIndices], linear: [[0]]),
    PrimitiveRow(
      Gather(blocks, sliceSizes: [2, 1, 2], mode: .clip), "blocks",
      [.real([4, 3, 5]), blockIndices], linear: [[0]]),
    PrimitiveRow(
      Gather(along, sliceSizes: [1, 1], mode: .promiseInBounds), "along an axis",
      [.real([3, 4]), alongIndices], linear: [[0]]),
    scatter(.add, "add", linear: [[0], [2], [0, 2]]),
    scatter(.set, "set, unique", unique: true, linear: [[0], [2], [0, 2]]),
    scatter(.set, "set, the last wins"),
    scatter(.mul, "mul, unique", unique: true, linear: [[0]]),
    scatter(.mul, "mul", smooth: [0], linear: [[0]]),
    scatter(.min, "min"),
    scatter(.max, "max"),
    PrimitiveRow(
      Scatter(.add, blocks, mode: .clip), "add, blocks",
      [.real([4, 3, 5]), blockIndices, .real([2, 3, 2])], linear: [[0], [2], [0, 2]]),
    PrimitiveRow(
      Scatter(.add, along, mode: .fill(.zero)), "add, along an axis",
      [.real([3, 4]), alongIndices, .real([3, 2])], linear: [[0], [2], [0, 2]]),
    PrimitiveRow(
      DynamicSlice(sizes: [2, 3]),
      [.real([4, 5]), .integers([], 0, 3), .integers([], -2, 6)], linear: [[0]]),
    PrimitiveRow(
      DynamicUpdateSlice(),
      [.real([4, 5]), .real([2, 3]), .integers([], 0, 3), .integers([], -2, 6)],
      linear: [[0], [1], [0, 1]]),
  ]

  private static let key = RowInput.integers([2], 0, 1000, .uint32)

  static let random: [PrimitiveRow] = [
    PrimitiveRow(RandomBits([3], width: 32, layout: .partitionable), [key]),
    PrimitiveRow(RandomSplit([3], layout: .partitionable), [key]),
    PrimitiveRow(RandomFoldIn(), [key, .integers([], 0, 1000, .uint32)]),
    PrimitiveRow(RandomPermutation([5], layout: .partitionable), [key]),
    PrimitiveRow(
      RandomOrthogonal([2], rows: 3, columns: 2, dtype: .float64, layout: .partitionable), [key]),
    // Its tangent is that at fixed probability, not that of the rejection that draws it.
    PrimitiveRow(
      RandomGamma(isLogarithmic: false, layout: .partitionable), [key, .real([3], 0.5, 4)],
      smooth: []),
    PrimitiveRow(
      RandomGamma(isLogarithmic: true, layout: .original), "log", [key, .real([3], 0.5, 4)],
      smooth: []),
    PrimitiveRow(
      RandomGammaGrad(), [.real([4], 0.5, 4), .real([4], 0.5, 6)], smooth: [1]),
    PrimitiveRow(
      RandomBinomial(layout: .partitionable),
      [
        key, .fixed([4], [0, 3, 90, 1000], .float32), .fixed([4], [0.5, 0.2, 0.6, 0.1], .float32),
      ], smooth: []),
    PrimitiveRow(
      RandomPoisson(layout: .partitionable),
      [key, .fixed([4], [0, 0.5, 12, 60], .float32)], smooth: []),
  ]
}
