import Testing

@testable import Tensor

/// A convolution of channels-last images, with its operands and the three forms of its passes.
struct ConvolutionCase: CustomTestStringConvertible, Sendable {
  enum Form: CaseIterable, Sendable {
    case forward
    case inputGradient
    case kernelGradient
  }

  let label: String
  let image: [Int]
  let kernel: [Int]
  let window: [ConvWindow.Axis]

  /// `image` is [batch, spatial..., in], `kernel` [spatial..., in, out].
  init(_ label: String, _ image: [Int], _ kernel: [Int], _ window: ConvWindow.Axis...) {
    self.label = label
    self.image = image
    self.kernel = kernel
    self.window = window
  }

  var testDescription: String { label }

  private var spatial: Range<Int> { 1..<window.count + 1 }

  private var outSizes: [Int] {
    window.indices.map { window[$0].outputSize(input: image[$0 + 1], kernel: kernel[$0]) }
  }

  /// Numbers around 0 with a variance of 1, as float32.
  private func array(_ seed: Int, _ sizes: [Int]) throws -> NDArray {
    try #require(Random.normal(Key(seed), Shape(sizes)).array)
  }

  /// The problem of a form, in float32 or float64, with the same values; and the operation.
  func problem(_ form: Form, _ dtype: DType = .float32) throws -> ConvProblem {
    let x = try array(1, image).converted(to: dtype)
    let w = try array(2, kernel).converted(to: dtype)
    let dy = try array(3, [image[0]] + outSizes + kernel.suffix(1)).converted(to: dtype)
    let axes = ConvAxes.channelsLast(spatial: window.count)
    let operation: ConvGeneralDilated
    let operands: (NDArray, NDArray)
    switch form {
    case .forward:
      operation = ConvGeneralDilated(ConvWindow(window), axes)
      operands = (x, w)
    case .inputGradient:
      operation = ConvGeneralDilated(
        ConvWindow(
          window.indices.map {
            window[$0].lhsTransposed(
              input: image[$0 + 1], kernel: kernel[$0], output: outSizes[$0])
          }), ConvAxes(lhs: axes.out, rhs: axes.rhs.swapped, out: axes.lhs))
      operands = (dy, w.reversed(Array(window.indices)))
    case .kernelGradient:
      operation = ConvGeneralDilated(
        ConvWindow(
          window.indices.map {
            window[$0].rhsTransposed(
              input: image[$0 + 1], kernel: kernel[$0], output: outSizes[$0])
          }),
        ConvAxes(
          lhs: axes.lhs.swapped, rhs: ConvAxes.Kernel(axes.out.swapped),
          out: ConvAxes.Image(axes.rhs.swapped)))
      operands = (x, dy)
    }
    let types = try operation.infer([operands.0.type, operands.1.type])
    return ConvProblem(operation, operands.0, operands.1, try #require(types.first))
  }
}

extension ConvolutionCase {
  private static let same = ConvWindow.Axis(low: 1, high: 1)

  /// Kernels of 3x3 without strides: what Winograd's algorithm is for.
  static let small: [ConvolutionCase] = [
    .init("even", [2, 8, 6, 16], [3, 3, 16, 32], same, same),
    .init("odd", [3, 9, 7, 20], [3, 3, 20, 17], same, same),
    .init("no padding", [2, 9, 8, 33], [3, 3, 33, 66], .init(), .init()),
    .init(
      "padding to one side", [2, 7, 10, 18], [3, 3, 18, 5], .init(low: 2, high: 0),
      .init(low: 0, high: 3)),
    .init(
      "negative padding", [2, 9, 8, 16], [3, 3, 16, 40], .init(low: -1, high: 0),
      .init(low: 1, high: -2)),
    .init("one output", [5, 3, 3, 24], [3, 3, 24, 24], .init(), .init()),
    .init("few channels", [2, 6, 6, 2], [3, 3, 2, 1], same, same),
    .init("several blocks", [4, 20, 22, 48], [3, 3, 48, 70], same, same),
    .init("rows of a large image", [1, 50, 52, 64], [3, 3, 64, 8], same, same),
    .init("many channels", [8, 4, 4, 150], [3, 3, 150, 130], same, same),
  ]

  /// Everything else that the direct algorithm takes.
  static let others: [ConvolutionCase] = [
    .init("1x1", [2, 5, 7, 24], [1, 1, 24, 40], .init(), .init()),
    .init("1x1, stride 2", [3, 8, 7, 20], [1, 1, 20, 33], .init(stride: 2), .init(stride: 2)),
    .init(
      "1x1, stride 3, padding", [2, 8, 9, 5], [1, 1, 5, 9], .init(stride: 3, low: 1, high: 1),
      .init(stride: 3, low: 2, high: 0)),
    .init("1x1, many channels", [2, 9, 9, 300], [1, 1, 300, 70], .init(), .init()),
    .init(
      "3x3, stride 2", [2, 12, 12, 32], [3, 3, 32, 48], .init(stride: 2, low: 0, high: 1),
      .init(stride: 2, low: 0, high: 1)),
    .init(
      "3x3, strides 1 and 3", [2, 9, 14, 17], [3, 3, 17, 31], .init(low: 1, high: 1),
      .init(stride: 3, low: 1, high: 2)),
    .init(
      "5x5", [2, 11, 10, 3], [5, 5, 3, 18], .init(low: 2, high: 2), .init(low: 2, high: 2)),
    .init(
      "5x5, stride 2", [3, 13, 9, 36], [5, 5, 36, 10], .init(stride: 2, low: 2, high: 1),
      .init(stride: 2, low: 1, high: 2)),
    .init(
      "7x7, stride 2", [2, 21, 20, 3], [7, 7, 3, 64], .init(stride: 2, low: 3, high: 3),
      .init(stride: 2, low: 3, high: 3)),
    .init(
      "7x7, stride 3", [1, 22, 30, 16], [7, 7, 16, 12], .init(stride: 3, low: 3, high: 2),
      .init(stride: 3, low: 0, high: 4)),
    .init("patches of 4x4", [2, 12, 12, 3], [4, 4, 3, 40], .init(stride: 4), .init(stride: 4)),
    .init(
      "2x3 dilated", [2, 10, 12, 18], [2, 3, 18, 20], .init(low: 1, high: 1, kernelDilation: 2),
      .init(stride: 2, low: 3, high: 3, kernelDilation: 3)),
    .init("line", [3, 40, 24], [3, 24, 20], .init(stride: 2, low: 1, high: 1)),
    .init("one image of one channel", [1, 30, 31, 1], [3, 3, 1, 32], same, same),
    .init(
      "large images", [2, 70, 64, 48], [3, 3, 48, 32], .init(stride: 2, low: 0, high: 1),
      .init(stride: 2, low: 0, high: 1)),
  ]
}
