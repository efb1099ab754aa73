@testable import Tensor

extension PrimitiveCatalogue {
  private static let whole = ConvWindow.Axis()

  /// A 3 by 2 window over [batch, height, width, channels], with strides and padding.
  private static let plane = ConvWindow([
    whole, .init(stride: 2, low: 1, high: 1), .init(stride: 1, low: 0, high: 1), whole,
  ])

  private static let general = ConvWindow([
    .init(stride: 2, low: 1, high: 2, inputDilation: 2, kernelDilation: 2),
    .init(stride: 1, low: -1, high: 1, inputDilation: 1, kernelDilation: 1),
    .init(stride: 2, low: 0, high: 1, inputDilation: 2, kernelDilation: 1),
  ])

  private static let image = RowInput.distinct([2, 5, 4, 3])
  private static let window = [1, 3, 2, 1]

  static let windows: [PrimitiveRow] = [
    PrimitiveRow(ReduceWindowSum(sizes: window, window: plane), [image], linear: [[0]]),
    PrimitiveRow(
      ReduceWindowSum(sizes: [2, 2, 3], window: general), "dilated", [.real([3, 4, 3])],
      linear: [[0]]),
    PrimitiveRow(
      ReduceWindowSum(
        sizes: window,
        window: ConvWindow([
          whole, .init(low: 2, high: 1, inputDilation: 2), .init(low: 1, high: 1), whole,
        ])), "gradient form", [image], linear: [[0]]),
    PrimitiveRow(ReduceWindowMax(sizes: window, window: plane), [image]),
    PrimitiveRow(
      ReduceWindowMax(sizes: [2, 2, 3], window: general), "dilated", [.distinct([3, 4, 3])]),
    PrimitiveRow(ReduceWindowMin(sizes: window, window: plane), [image]),
    PrimitiveRow(
      ReduceWindowMax(sizes: [2], window: ConvWindow([.init(stride: 2)])), "line",
      [.distinct([7])]),
    PrimitiveRow(
      ReduceWindowSum(sizes: [2, 2], window: ConvWindow([whole, .init(low: 1)])), "int32",
      [.integers([3, 4], -9, 9)]),
    PrimitiveRow(
      SelectAndGatherAdd(.max, sizes: window, window: plane), [.real([2, 5, 4, 3]), image],
      smooth: [0], linear: [[0]]),
    PrimitiveRow(
      SelectAndGatherAdd(.min, sizes: [2, 2, 3], window: general), "dilated",
      [.real([3, 4, 3]), .distinct([3, 4, 3])], smooth: [0], linear: [[0]]),
    PrimitiveRow(
      SelectAndScatterAdd(.max, sizes: window, window: plane), [.real([2, 3, 4, 3]), image],
      smooth: [0], linear: [[0]]),
    PrimitiveRow(
      SelectAndScatterAdd(.min, sizes: window, window: plane), "min",
      [.real([2, 3, 4, 3]), image], smooth: [0], linear: [[0]]),
    PrimitiveRow(
      SelectAndScatterAdd(.max, sizes: [2], window: ConvWindow([.init(stride: 1)])), "ties",
      [.real([5]), .ties([6])], smooth: [0], linear: [[0]]),
  ]
}
