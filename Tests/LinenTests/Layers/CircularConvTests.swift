import Linen
import Testing

/// As tests/linen/linen_linear_test.py of Flax says of circular and reflecting convolutions.
@Suite("Circular and reflecting convolutions")
struct CircularConvTests {
  private let line = Tensor([1.0, 2, 3, 4, 5]).reshaped(to: [1, 5, 1])
  private let square = Tensor([1.0, 2, 3, 4, 5, 6, 7, 8, 9]).reshaped(to: [1, 3, 3, 1])
  private let cross = fixed([0, 1, 0, 1, 2, 1, 0, 1, 0])

  private func output(_ layer: some UnaryLayer, _ x: Tensor) throws -> Tensor {
    try layer.initializeWithOutput(Key(0)) { $0(x) }.0
  }

  @Test(arguments: [1, 2, 3, 9], [1, 8, 16])
  func circularConv1DConstant(_ kernel: Int, _ size: Int) throws {
    for (batch, features, channels) in [(1, 1, 3), (3, 2, 1)] {
      let x = Tensor.ones([batch, size, channels])
      let expected = Double(kernel * channels)
      let conv = Conv(features, [kernel], padding: .circular, kernelInit: .ones)
      let (y, variables) = try conv.initializeWithOutput(Key(0)) { $0(x) }
      #expect(shapes(variables)["params/kernel"] == [kernel, channels, features])
      try expect(y, [batch, size, features], allEqual: expected)
      let local = ConvLocal(features, [kernel], padding: .circular, kernelInit: .ones)
      let (z, own) = try local.initializeWithOutput(Key(0)) { $0(x) }
      #expect(shapes(own)["params/kernel"] == [size, channels * kernel, features])
      try expect(z, [batch, size, features], allEqual: expected)
      let transposed = ConvTranspose(features, [kernel], padding: .circular, kernelInit: .ones)
      try expect(try output(transposed, x), [batch, size, features], allEqual: expected)
    }
  }

  @Test(arguments: [1, 2, 3, 9], [5, 10])
  func circularConv2DConstant(_ kernel: Int, _ width: Int) throws {
    let x = Tensor.ones([2, 14, width, 2])
    let expected = Double(kernel * kernel * 2)
    let conv = Conv(3, [kernel, kernel], padding: .circular, kernelInit: .ones)
    try expect(try output(conv, x), [2, 14, width, 3], allEqual: expected)
    let local = ConvLocal(3, [kernel, kernel], padding: .circular, kernelInit: .ones)
    let (y, own) = try local.initializeWithOutput(Key(0)) { $0(x) }
    #expect(shapes(own)["params/kernel"] == [14, width, kernel * kernel * 2, 3])
    try expect(y, [2, 14, width, 3], allEqual: expected)
    let transposed = ConvTranspose(3, [kernel, kernel], padding: .circular, kernelInit: .ones)
    try expect(try output(transposed, x), [2, 14, width, 3], allEqual: expected)
  }

  @Test func circularConv1DCustom() throws {
    let layer = Conv(1, [3], strides: 3, padding: .circular, kernelInit: fixed([1, 2, 1]))
    try expect(
      try output(layer, line), [1, 2, 1], [5 + 2 * 1 + 2, 3 + 2 * 4 + 5])
  }

  @Test func circularConvLocal1DCustom() throws {
    let layer = ConvLocal(
      1, [3], strides: 3, padding: .circular, kernelInit: fixed([-1, 2, 3, 4, 5, 6]))
    try expect(
      try output(layer, line), [1, 2, 1], [-1 * 5 + 2 * 1 + 3 * 2, 4 * 3 + 5 * 4 + 6 * 5])
  }

  @Test func circularConv1DDilation() throws {
    let layer = Conv(1, [3], padding: .circular, kernelDilation: 3, kernelInit: fixed([1, 2, 1]))
    try expect(
      try output(layer, line), [1, 5, 1],
      [3 + 2 * 1 + 4, 4 + 2 * 2 + 5, 5 + 2 * 3 + 1, 1 + 2 * 4 + 2, 2 + 2 * 5 + 3])
  }

  @Test func circularConvLocal1DDilation() throws {
    let kernel = fixed([1, 2, 1, 3, 4, 5, -1, 1, 2, 2, 3, 4, -1, -2, -3])
    let layer = ConvLocal(1, [3], padding: .circular, kernelDilation: 3, kernelInit: kernel)
    let (y, variables) = try layer.initializeWithOutput(Key(0)) { $0(line) }
    #expect(shapes(variables)["params/kernel"] == [5, 3, 1])
    try expect(
      y, [1, 5, 1],
      [
        1 * 3 + 2 * 1 + 1 * 4, 3 * 4 + 4 * 2 + 5 * 5, -1 * 5 + 1 * 3 + 2 * 1,
        2 * 1 + 3 * 4 + 4 * 2, -1 * 2 - 2 * 5 - 3 * 3,
      ])
  }

  @Test func circularConv2DCustom() throws {
    let layer = Conv(1, [3, 3], padding: .circular, kernelInit: cross)
    try expect(
      try output(layer, square), [1, 3, 3, 1],
      [
        2 * 1 + 7 + 2 + 4 + 3, 2 * 2 + 8 + 3 + 5 + 1, 2 * 3 + 9 + 1 + 6 + 2,
        2 * 4 + 1 + 5 + 7 + 6, 2 * 5 + 2 + 6 + 8 + 4, 2 * 6 + 3 + 4 + 9 + 5,
        2 * 7 + 4 + 8 + 1 + 9, 2 * 8 + 5 + 9 + 2 + 7, 2 * 9 + 6 + 7 + 3 + 8,
      ])
  }

  @Test("a kernel of its own at each place, with 2 to 10 in the middle")
  func circularConvLocal2DCustom() throws {
    let kernel = fixed((2...10).flatMap { [0, 1, 0, 1, Double($0), 1, 0, 1, 0] })
    let layer = ConvLocal(1, [3, 3], padding: .circular, kernelInit: kernel)
    try expect(
      try output(layer, square), [1, 3, 3, 1],
      [
        2 * 1 + 7 + 2 + 4 + 3, 3 * 2 + 8 + 3 + 5 + 1, 4 * 3 + 9 + 1 + 6 + 2,
        5 * 4 + 1 + 5 + 7 + 6, 6 * 5 + 2 + 6 + 8 + 4, 7 * 6 + 3 + 4 + 9 + 5,
        8 * 7 + 4 + 8 + 1 + 9, 9 * 8 + 5 + 9 + 2 + 7, 10 * 9 + 6 + 7 + 3 + 8,
      ])
  }

  @Test func reflectConv1DCustom() throws {
    let layer = Conv(1, [3], strides: 2, padding: .reflect, kernelInit: fixed([1, 2, 1]))
    try expect(
      try output(layer, line), [1, 3, 1], [2 + 2 * 1 + 2, 2 + 2 * 3 + 4, 4 + 2 * 5 + 4])
  }

  @Test func reflectConv2DCustom() throws {
    let layer = Conv(1, [3, 3], padding: .reflect, kernelInit: cross)
    try expect(
      try output(layer, square), [1, 3, 3, 1],
      [
        2 * 1 + 4 + 2 + 4 + 2, 2 * 2 + 5 + 3 + 5 + 1, 2 * 3 + 6 + 2 + 6 + 2,
        2 * 4 + 1 + 5 + 7 + 5, 2 * 5 + 2 + 6 + 8 + 4, 2 * 6 + 3 + 5 + 9 + 5,
        2 * 7 + 4 + 8 + 8 + 4, 2 * 8 + 5 + 9 + 5 + 7, 2 * 9 + 6 + 8 + 6 + 8,
      ])
  }
}
