import Linen
import Testing

/// As tests/linen/linen_linear_test.py of Flax says of Conv and ConvLocal.
@Suite("Convolutions")
struct ConvTests {
  @Test(arguments: [true, false])
  func conv(_ useBias: Bool) throws {
    let layer = Conv(
      4, [3], padding: .valid, useBias: useBias, kernelInit: .ones, biasInit: .ones)
    let (y, variables) = try layer.initializeWithOutput(Key(0)) { $0(Tensor.ones([1, 8, 3])) }
    #expect(shapes(variables)["params/kernel"] == [3, 3, 4])
    try expect(y, [1, 6, 4], allEqual: useBias ? 10 : 9)
  }

  @Test(arguments: [true, false])
  func multibatchInputConv(_ useBias: Bool) throws {
    let layer = Conv(
      4, [3], padding: .valid, useBias: useBias, kernelInit: .ones, biasInit: .ones)
    let (y, variables) = try layer.initializeWithOutput(Key(0)) { $0(Tensor.ones([2, 5, 8, 3])) }
    #expect(shapes(variables)["params/kernel"] == [3, 3, 4])
    try expect(y, [2, 5, 6, 4], allEqual: useBias ? 10 : 9)
  }

  @Test(arguments: [[1, 8, 2], [8, 2]])
  func convLocal(_ shape: [Int]) throws {
    let layer = ConvLocal(4, [3], padding: .valid, kernelInit: .ones, biasInit: .ones)
    let (y, variables) = try layer.initializeWithOutput(Key(0)) { $0(Tensor.ones(Shape(shape))) }
    #expect(shapes(variables) == ["params/kernel": [6, 6, 4], "params/bias": [6, 4]])
    try expect(y, shape.dropLast(2) + [6, 4], allEqual: 7)
  }

  @Test func singleInputConv() throws {
    let layer = Conv(4, [3], padding: .valid, kernelInit: .ones, biasInit: .ones)
    let (y, variables) = try layer.initializeWithOutput(Key(0)) { $0(Tensor.ones([8, 3])) }
    #expect(shapes(variables)["params/kernel"] == [3, 3, 4])
    try expect(y, [6, 4], allEqual: 10)
  }

  @Test func singleInputMaskedConv() throws {
    let mask = tril(Tensor.ones([3, 3, 4]))
    let layer = Conv(4, [3], padding: .valid, mask: mask, kernelInit: .ones, biasInit: .ones)
    let (y, _) = try layer.initializeWithOutput(Key(0)) { $0(Tensor.ones([8, 3])) }
    try expect(y, [6, 4], (0..<6).flatMap { _ in [10.0, 7, 4, 1] })
  }

  @Test func groupConv() throws {
    let layer = Conv(
      4, [3], padding: .valid, featureGroupCount: 2, kernelInit: .ones, biasInit: .ones)
    let (y, variables) = try layer.initializeWithOutput(Key(0)) { $0(Tensor.ones([1, 8, 4])) }
    #expect(shapes(variables)["params/kernel"] == [3, 2, 4])
    try expect(y, [1, 6, 4], allEqual: 7)
  }

  @Test func causalConv1D() throws {
    let layer = Conv(4, [3], padding: .causal, kernelInit: .ones, biasInit: .ones)
    let (y, _) = try layer.initializeWithOutput(Key(0)) { $0(Tensor.ones([1, 8, 4])) }
    let rows = [5.0, 9] + Array(repeating: 13, count: 6)
    try expect(y, [1, 8, 4], rows.flatMap { Array(repeating: $0, count: 4) })
  }

  @Test("a number as the window of one axis")
  func intKernelEquality() throws {
    let x = Tensor.ones([8, 3])
    func check(_ int: some UnaryLayer, _ list: some UnaryLayer) throws {
      try expectEqual(
        try int.initialize(Key(0)) { $0(x) }, try list.initialize(Key(0)) { $0(x) })
    }
    try check(Conv(4, 3), Conv(4, [3]))
    try check(ConvLocal(4, 3), ConvLocal(4, [3]))
    try check(ConvTranspose(4, 3), ConvTranspose(4, [3]))
  }

  @Test("every form of padding becomes pairs, or is refused")
  func canonicalizePadding() throws {
    func size(_ padding: Padding, rank: Int) throws -> [Int] {
      let x = Tensor.ones(Shape([1] + Array(repeating: 5, count: rank) + [1]))
      let layer = Conv(1, Array(repeating: 1, count: rank), padding: padding)
      return try layer.initializeWithOutput(Key(0)) { $0(x) }.0.shape.dimensions
    }
    #expect(try size(.same, rank: 1) == [1, 5, 1])
    #expect(try size(2, rank: 3) == [1, 9, 9, 9, 1])
    #expect(try size([1, 2], rank: 2) == [1, 7, 9, 1])
    #expect(try size(.pairs([(1, 2), (0, 1)]), rank: 2) == [1, 8, 6, 1])
    for padding: Padding in [[1, 2, 3], .pairs([(1, 2)])] {
      #expect(errorText { _ = try size(padding, rank: 2) }.contains("Invalid padding format"))
    }
  }

  @Test("an odd number of zeros has its larger half at the end, or in front")
  func sameLower() throws {
    let x = Tensor([1.0, 2, 3, 4]).reshaped(to: [1, 4, 1])
    func sums(_ padding: Padding) throws -> Tensor {
      try Conv(1, [2], padding: padding, kernelInit: .ones)
        .initializeWithOutput(Key(0)) { $0(x) }.0
    }
    try expect(try sums(.same), [1, 4, 1], [3, 5, 7, 4])
    try expect(try sums(.sameLower), [1, 4, 1], [1, 3, 5, 7])
    try expect(
      avgPool(x, [2], padding: .sameLower), [1, 4, 1], [0.5, 1.5, 2.5, 3.5])
  }

  @Test("a function or module in the place of the convolution")
  func convGeneralDilatedInjection() throws {
    let x = Random.normal(Key(0), [2, 7, 2])
    let record = Recorded()
    let function: ConvGeneralDilatedFunction = { x, w, arguments in
      record.arguments.append(arguments)
      return convGeneralDilated(
        x, w, strides: arguments.strides,
        padding: .explicit(arguments.padding.map { .init($0.0, $0.1) }),
        kernelDilation: arguments.kernelDilation, featureGroups: arguments.featureGroupCount)
    }
    let usual = Conv(4, [3], strides: 2, padding: 1, kernelDilation: 2, featureGroupCount: 2)
    let injected = Conv(
      4, [3], strides: 2, padding: 1, kernelDilation: 2, featureGroupCount: 2, precision: .high,
      convGeneralDilated: function)
    try expectEqual(
      try injected.initializeWithOutput(Key(0)) { $0(x) }.0,
      try usual.initializeWithOutput(Key(0)) { $0(x) }.0)
    let arguments = try #require(record.arguments.first)
    #expect(arguments.strides == [2] && arguments.kernelDilation == [2])
    #expect(arguments.featureGroupCount == 2 && arguments.precision == .high)
    let layer = Conv(1, [1], convGeneralDilatedCls: { HalvedConvolution() })
    #expect(
      shapes(try layer.initialize(Key(0)) { $0(x) })["scales/HalvedConvolution_0/factor"] == [])
  }
}

private final class Recorded: @unchecked Sendable {
  var arguments: [ConvArguments] = []
}

private final class HalvedConvolution: Module, ConvGeneralDilatedModule, @unchecked Sendable {
  func callAsFunction(_ lhs: Tensor, _ rhs: Tensor, _ arguments: ConvArguments) -> Tensor {
    compact(lhs, rhs) { lhs, rhs in
      let factor = variable("scales", "factor") { Tensor(0.5, dtype: .float32) }
      return convGeneralDilated(lhs, rhs) * factor.value
    }
  }
}
