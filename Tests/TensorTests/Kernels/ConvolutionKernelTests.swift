import Testing

@testable import Tensor

/// Convolutions of several tiles, images and pieces, in all three forms, against the general
/// algorithm.
@Suite struct ConvolutionKernelTests {
  struct Row: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let image: Shape
    let kernel: Shape
    let window: [ConvWindow.Axis]

    init(_ label: String, _ image: Shape, _ kernel: Shape, _ window: [ConvWindow.Axis]) {
      testDescription = label
      self.image = image
      self.kernel = kernel
      self.window = window
    }

    var operation: ConvGeneralDilated {
      ConvGeneralDilated(ConvWindow(window), .channelsLast(spatial: window.count))
    }
  }

  private static let same = ConvWindow.Axis(low: 1, high: 1)
  private static let half = ConvWindow.Axis(stride: 2, low: 0, high: 1)

  static let rows: [Row] = [
    Row("tiles within an image", [2, 23, 25, 3], [3, 3, 3, 5], [same, same]),
    Row("several images a tile", [21, 5, 4, 6], [3, 3, 6, 4], [same, same]),
    Row("strides", [5, 20, 17, 4], [3, 3, 4, 6], [half, half]),
    Row("pointwise", [3, 19, 11, 7], [1, 1, 7, 9], [.init(), .init()]),
    Row(
      "pointwise, strides", [3, 19, 11, 7], [1, 1, 7, 9], [.init(stride: 2), .init(stride: 2)]),
    Row("line", [4, 301, 3], [5, 3, 4], [.init(low: 4, high: 0)]),
    Row(
      "dilation", [3, 18, 19, 4], [3, 2, 4, 3],
      [.init(low: 2, high: 2, kernelDilation: 2), .init(stride: 2, low: 3, kernelDilation: 3)]),
  ]

  private static func tensor(_ shape: Shape, _ seed: UInt32, _ dtype: DType) -> Tensor {
    RowInput.real(shape, -1, 1).tensor(seed: seed, dtype)
  }

  /// The same by the algorithm that has no special cases.
  private static func general(
    _ operation: ConvGeneralDilated, _ lhs: Tensor, _ rhs: Tensor
  ) throws -> [Double] {
    let arrays = [lhs, rhs].compactMap(\.array)
    let output = try operation.infer([lhs.type, rhs.type])[0]
    let problem = ConvProblem(operation, arrays[0], arrays[1], output)
    return try Tensor(Convolution.general(problem, as: Double.self)).scalars()
  }

  @Test(arguments: rows) func agreesWithTheGeneralAlgorithm(_ row: Row) throws {
    let (x, k) = (Self.tensor(row.image, 1, .float64), Self.tensor(row.kernel, 2, .float64))
    let y: Tensor = bind(row.operation, x, k)
    expectClose(
      try y.scalars(), try Self.general(row.operation, x, k), 1e-13, "\(row.testDescription)")
    // The gradients are convolutions that run as other forms: of those, too, ask both.
    let ct = Self.tensor(y.shape, 3, .float64)
    let recorder = ConvolutionRecorder()
    let (tracedX, tracedK) = (recorder.tensor(x), recorder.tensor(k))
    _ = row.operation.transpose([recorder.tensor(ct)], [.linear(x.type), .known(tracedK)])
    _ = row.operation.transpose([recorder.tensor(ct)], [.known(tracedX), .linear(k.type)])
    let calls = recorder.calls
    #expect(calls.count == 2)
    for call in calls {
      let result: Tensor = bind(call.operation, call.lhs, call.rhs)
      expectClose(
        try result.scalars(), try Self.general(call.operation, call.lhs, call.rhs), 1e-13,
        "\(row.testDescription)")
    }
  }

  /// float32 differs from float64 by rounding alone, also in sums over thousands of places.
  @Test(arguments: rows) func float32IsAccurate(_ row: Row) throws {
    let (x, k) = (Self.tensor(row.image, 1, .float32), Self.tensor(row.kernel, 2, .float32))
    let (wideX, wideK) = (x.cast(to: .float64), k.cast(to: .float64))
    let y: Tensor = bind(row.operation, x, k)
    let wideY: Tensor = bind(row.operation, wideX, wideK)
    expectClose(try y.scalars(), try wideY.scalars(), 1e-6, "\(row.testDescription)")
    let (dx, dk) = (gradient(row, x, k, y, 0), gradient(row, x, k, y, 1))
    let wide = y.cast(to: .float64)
    let (wideDx, wideDk) = (
      gradient(row, wideX, wideK, wide, 0), gradient(row, wideX, wideK, wide, 1)
    )
    expectClose(try dx.scalars(), try wideDx.scalars(), 2e-6, "\(row.testDescription)")
    expectClose(try dk.scalars(), try wideDk.scalars(), 4e-6, "\(row.testDescription)")
  }

  private func gradient(
    _ row: Row, _ x: Tensor, _ k: Tensor, _ ct: Tensor, _ index: Int
  ) -> Tensor {
    let inputs: [LinearInput] =
      index == 0 ? [.linear(x.type), .known(k)] : [.known(x), .linear(k.type)]
    return row.operation.transpose([ct], inputs)[index] ?? x
  }
}

/// Looks through to the values and keeps the convolutions that it sees.
private final class ConvolutionRecorder: Trace, @unchecked Sendable {
  struct Call {
    let operation: ConvGeneralDilated
    let lhs: Tensor
    let rhs: Tensor
  }

  let level = TraceLevel.next()
  let name = "recording"
  let showsValues = true
  /// Used by one thread.
  private(set) var calls: [Call] = []

  func tensor(_ value: Tensor) -> Tensor { Tensor(Tracer(self, value.type, value: value)) }

  func process(
    _ operation: any Primitive, _ inputs: [Tensor], _ outputs: [ShapeDtype]
  ) -> [Tensor] {
    let values = inputs.compactMap(\.array).map { Tensor($0) }
    if let convolution = operation as? ConvGeneralDilated {
      calls.append(Call(operation: convolution, lhs: values[0], rhs: values[1]))
    }
    return bind(operation, values).map(tensor)
  }
}
