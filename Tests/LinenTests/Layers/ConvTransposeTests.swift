import Linen
import Testing

/// As tests/linen/linen_linear_test.py of Flax says of ConvTranspose.
@Suite("ConvTranspose")
struct ConvTransposeTests {
  private let steps = [4.0, 7] + Array(repeating: 10, count: 6) + [7, 4]

  private func rows(_ values: [Double], _ count: Int = 4) -> [Double] {
    values.flatMap { Array(repeating: $0, count: count) }
  }

  @Test(arguments: [true, false])
  func convTranspose(_ useBias: Bool) throws {
    let layer = ConvTranspose(
      4, [3], padding: .valid, useBias: useBias, kernelInit: .ones, biasInit: .ones)
    let (y, variables) = try layer.initializeWithOutput(Key(0)) { $0(Tensor.ones([1, 8, 3])) }
    #expect(shapes(variables)["params/kernel"] == [3, 3, 4])
    try expect(y, [1, 10, 4], rows(steps.map { $0 - (useBias ? 0 : 1) }))
  }

  @Test(arguments: [true, false])
  func multibatchInputConvTranspose(_ useBias: Bool) throws {
    let layer = ConvTranspose(
      4, [3], padding: .valid, useBias: useBias, kernelInit: .ones, biasInit: .ones)
    let (y, _) = try layer.initializeWithOutput(Key(0)) { $0(Tensor.ones([2, 5, 8, 3])) }
    let one = rows(steps.map { $0 - (useBias ? 0 : 1) })
    try expect(y, [2, 5, 10, 4], (0..<10).flatMap { _ in one })
  }

  @Test func singleInputConvTranspose() throws {
    let layer = ConvTranspose(4, [3], padding: .valid, kernelInit: .ones, biasInit: .ones)
    let (y, _) = try layer.initializeWithOutput(Key(0)) { $0(Tensor.ones([8, 3])) }
    try expect(y, [10, 4], rows(steps))
  }

  @Test func singleInputMaskedConvTranspose() throws {
    let mask = tril(Tensor.ones([3, 3, 4]))
    let layer = ConvTranspose(
      4, [3], padding: .valid, mask: mask, kernelInit: .ones, biasInit: .ones)
    let (y, _) = try layer.initializeWithOutput(Key(0)) { $0(Tensor.ones([8, 3])) }
    let middle: [[Double]] = Array(repeating: [10, 7, 4, 1], count: 6)
    let ends: [[Double]] = [[4, 3, 2, 1], [7, 5, 3, 1]]
    try expect(y, [10, 4], (ends + middle + ends.reversed()).flatMap { $0 })
  }

  @Test("also under vmap, where the batch axis is not there")
  func circularConvTranspose2DWithVMap() throws {
    let layer = ConvTranspose(5, [3], padding: .circular)
    let (y, variables) = try layer.initializeWithOutput(Key(0)) { $0(Tensor.ones([1, 32, 2])) }
    #expect(y.shape == [1, 32, 5])
    let x = Random.normal(Key(1), [8, 32, 2])
    let mapped = try vmap { x in try layer.apply(variables) { $0(x) } }(x)
    #expect(mapped.shape == [8, 32, 5])
    try expectNear(mapped, try layer.apply(variables) { $0(x) })
  }

  @Test func circularConvTranspose1DCustom() throws {
    let x = Tensor([1.0, 2, 3, 4, 5]).reshaped(to: [1, 5, 1])
    let layer = ConvTranspose(1, [3], strides: 3, padding: .circular, kernelInit: fixed([1, 2, 1]))
    let (y, _) = try layer.initializeWithOutput(Key(0)) { $0(x) }
    try expect(y, [1, 15, 1], (1...5).flatMap { [Double($0), Double(2 * $0), Double($0)] })
  }

  @Test func circularConvTranspose2DCustom() throws {
    let x = Tensor([1.0, 2, 3, 4, 5, 6, 7, 8, 9]).reshaped(to: [1, 3, 3, 1])
    let layer = ConvTranspose(
      1, [3, 3], padding: .circular, kernelInit: fixed([0, 1, 0, 1, 2, 1, 0, 1, 0]))
    let (y, _) = try layer.initializeWithOutput(Key(0)) { $0(x) }
    try expect(y, [1, 3, 3, 1], [18, 21, 24, 27, 30, 33, 36, 39, 42])
  }

  @Test func circularConvTranspose2DCustomBias() throws {
    let x = Tensor([1.0, 2, 3, 4]).reshaped(to: [1, 2, 2, 1])
    let layer = ConvTranspose(
      1, [2, 2], padding: .circular, kernelInit: fixed([1, 2, 3, 4]), biasInit: .ones)
    let (y, _) = try layer.initializeWithOutput(Key(0)) { $0(x) }
    try expect(y, [1, 2, 2, 1], [21, 23, 29, 31])
  }

  @Test(arguments: [true, false])
  func transposeKernelConvTranspose(_ useBias: Bool) throws {
    let layer = ConvTranspose(
      4, [6, 6], strides: 2, padding: .circular, useBias: useBias, transposeKernel: true)
    let (y, variables) = try layer.initializeWithOutput(Key(0)) { $0(Tensor.ones([1, 15, 15, 3])) }
    #expect(shapes(variables)["params/kernel"] == [6, 6, 4, 3])
    #expect(y.shape == [1, 30, 30, 4])
  }

  @Test("with transposed kernel it is the adjoint of the convolution of the same kernel")
  func adjoint() throws {
    let x = Random.normal(Key(0), [1, 8, 3])
    let conv = Conv(4, [4], strides: 2, padding: .circular, useBias: false)
    let variables = try conv.initialize(Key(1)) { $0(x) }
    let z = Random.normal(Key(2), [1, 4, 4])
    let (_, pullback) = try vjp({ x in try conv.apply(variables) { $0(x) } }, x)
    let transposed = ConvTranspose(
      3, [4], strides: 2, padding: .circular, useBias: false, transposeKernel: true)
    try expectNear(
      try transposed.apply(variables) { $0(z) }, try pullback(z), tolerance: 1e-5)
  }
}
