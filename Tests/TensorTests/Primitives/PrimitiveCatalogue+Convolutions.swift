@testable import Tensor

extension PrimitiveCatalogue {
  private static func row(
    _ variant: String, _ window: [ConvWindow.Axis], _ lhs: Shape, _ rhs: Shape,
    axes: ConvAxes? = nil, featureGroups: Int = 1, batchGroups: Int = 1
  ) -> PrimitiveRow {
    let operation = ConvGeneralDilated(
      ConvWindow(window), axes ?? .channelsLast(spatial: window.count),
      featureGroups: featureGroups, batchGroups: batchGroups)
    return PrimitiveRow(
      operation, variant, [.real(lhs), .real(rhs)], linear: [[0], [1]], float32: 2e-6)
  }

  private static let same = ConvWindow.Axis(low: 1, high: 1)

  /// NCHW, OIHW, NCHW, and an order of its own for each.
  private static let channelsFirst = ConvAxes(
    lhs: .init(batch: 0, feature: 1, spatial: [2, 3]),
    rhs: .init(outFeature: 0, inFeature: 1, spatial: [2, 3]),
    out: .init(batch: 0, feature: 1, spatial: [2, 3]))
  private static let mixed = ConvAxes(
    lhs: .init(batch: 2, feature: 0, spatial: [3, 1]),
    rhs: .init(outFeature: 1, inFeature: 3, spatial: [0, 2]),
    out: .init(batch: 3, feature: 2, spatial: [0, 1]))

  static let convolutions: [PrimitiveRow] = [
    row("same", [same, same], [2, 5, 4, 3], [3, 3, 3, 2]),
    row(
      "strides", [.init(stride: 2, low: 0, high: 1), .init(stride: 2, low: 1, high: 1)],
      [2, 6, 5, 3], [3, 2, 3, 4]),
    row(
      "kernel dilation",
      [.init(low: 2, high: 2, kernelDilation: 2), .init(low: 1, high: 0, kernelDilation: 3)],
      [2, 6, 7, 2], [3, 2, 2, 3]),
    row(
      "input dilation", [.init(low: 1, high: 2, inputDilation: 2), .init(inputDilation: 3)],
      [2, 3, 3, 2], [3, 2, 2, 3]),
    row(
      "all",
      [
        .init(stride: 2, low: 1, high: 2, inputDilation: 3, kernelDilation: 2),
        .init(stride: 3, low: -1, high: 2, inputDilation: 2, kernelDilation: 1),
      ], [2, 4, 5, 2], [2, 3, 2, 3]),
    row("negative padding", [.init(low: -1, high: -1), same], [2, 6, 4, 2], [3, 3, 2, 2]),
    row("pointwise", [.init(), .init()], [2, 3, 4, 3], [1, 1, 3, 5]),
    row("line", [.init(stride: 2, low: 2, high: 0)], [3, 7, 2], [3, 2, 4]),
    row("volume", [same, .init(stride: 2), .init()], [2, 3, 4, 3, 2], [2, 2, 3, 2, 3]),
    row("no spatial axes", [], [3, 4], [4, 2]),
    row("channels first", [same, same], [2, 3, 5, 4], [2, 3, 3, 3], axes: channelsFirst),
    row("mixed order", [same, .init(stride: 2)], [3, 4, 2, 5], [3, 4, 2, 3], axes: mixed),
    row("feature groups", [same, same], [2, 4, 4, 6], [3, 3, 2, 9], featureGroups: 3),
    row("depthwise", [same, .init(stride: 2)], [2, 4, 5, 3], [3, 2, 1, 3], featureGroups: 3),
    row("depthwise, 2 each", [same, same], [2, 4, 4, 3], [3, 3, 1, 6], featureGroups: 3),
    row("batch groups", [same, same], [6, 4, 4, 2], [3, 3, 2, 9], batchGroups: 3),
    row("batch of 1", [same, same], [1, 4, 4, 2], [3, 3, 2, 3]),
    PrimitiveRow(
      ConvGeneralDilated(ConvWindow([same]), .channelsLast(spatial: 1)), "int32",
      [.integers([2, 4, 2], -5, 5), .integers([3, 2, 3], -5, 5)]),
  ]
}
