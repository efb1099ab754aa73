import Synchronization
import Testing

@testable import Tensor

/// Adds up the costs of the operations on its tensors.
private final class CountingTrace: Trace {
  let level = TraceLevel.next()
  let name = "counting"
  let showsValues = false
  private let total = Mutex(Cost())

  var cost: Cost { total.withLock { $0 } }

  func tensor(_ shape: Shape, _ dtype: DType = .float32) -> Tensor {
    Tensor(Tracer(self, ShapeDtype(shape, dtype)))
  }

  func process(
    _ operation: any Primitive, _ inputs: [Tensor], _ outputs: [ShapeDtype]
  ) -> [Tensor] {
    total.withLock { $0 = $0 + operation.cost(inputs.map(\.type), outputs) }
    return outputs.map { Tensor(Tracer(self, $0)) }
  }
}

/// The arithmetic that XLA's cost analysis counts for the same functions in JAX.
@Suite struct CostTests {
  struct Row: CustomTestStringConvertible, Sendable {
    let label: String
    let flops: Int
    let transcendentals: Int
    let function: @Sendable (Tensor, Tensor) -> Tensor
    var testDescription: String { label }

    init(
      _ label: String, _ flops: Int, _ transcendentals: Int = 0,
      _ function: @escaping @Sendable (Tensor, Tensor) -> Tensor
    ) {
      self.label = label
      self.flops = flops
      self.transcendentals = transcendentals
      self.function = function
    }
  }

  /// Of operands of shape [3, 5].
  static let rows: [Row] = [
    Row("x + y", 15) { $0 + $1 },
    Row("-x", 15) { x, _ in -x },
    Row("abs", 15) { x, _ in abs(x) },
    Row("maximum", 15) { maximum($0, $1) },
    Row("x > y", 15) { $0 .> $1 },
    Row("select(x > 0, x, y)", 30) { which($0 .> 0, $0, $1) },
    Row("exp", 0, 15) { x, _ in exp(x) },
    Row("rsqrt", 0, 15) { x, _ in rsqrt(x) },
    Row("logistic", 45, 15) { x, _ in sigmoid(x) },
    Row("x ** 2", 15) { x, _ in pow(x, 2) },
    Row("x ** 2.5", 0, 15) { x, _ in pow(x, 2.5) },
    Row("erf", 0, 15) { x, _ in erf(x) },
    Row("erfc", 930, 15) { x, _ in erfc(x) },
    Row("erf_inv", 555, 30) { x, _ in erfInv(x) },
    Row("convert to bfloat16", 15) { x, _ in x.cast(to: .bfloat16) },
    Row("sum(axis=1)", 12) { x, _ in sum(x, axes: [1]) },
    Row("sum()", 14) { x, _ in sum(x) },
    Row("mean(axis=1)", 15) { x, _ in mean(x, axes: [1]) },
    Row("transpose", 0) { x, _ in x.transposed() },
    Row("dot (3,5)x(5,4)", 120) { x, _ in matmul(x, Tensor.ones([5, 4])) },
    Row("relu", 15) { x, _ in relu(x) },
    Row("gelu", 120, 15) { x, _ in gelu(x) },
    Row("silu", 60, 15) { x, _ in silu(x) },
    Row("softmax", 57, 15) { x, _ in softmax(x) },
    Row("log_softmax", 57, 18) { x, _ in logSoftmax(x) },
  ]

  @Test(arguments: rows) func costIsThatOfXLA(_ row: Row) {
    let trace = CountingTrace()
    _ = row.function(trace.tensor([3, 5]), trace.tensor([3, 5]))
    #expect(trace.cost == Cost(flops: row.flops, transcendentals: row.transcendentals))
  }

  @Test func takingRows() {
    let trace = CountingTrace()
    _ = take(trace.tensor([3, 5]), trace.tensor([2], .int32), axis: 0)
    #expect(trace.cost == Cost(flops: 22))
  }

  @Test(arguments: [(true, 2028), (false, 972)]) func convolution(_ same: Bool, _ flops: Int) {
    let trace = CountingTrace()
    let window = same ? ConvWindow.Axis(low: 1, high: 1) : .init()
    let operation = ConvGeneralDilated(
      ConvWindow([window, window]), .channelsLast(spatial: 2))
    _ = bind(operation, trace.tensor([1, 5, 5, 2]), trace.tensor([3, 3, 2, 3])) as Tensor
    #expect(trace.cost == Cost(flops: flops))
  }

  @Test func pooling() {
    let trace = CountingTrace()
    let window = ConvWindow([.init(), .init(stride: 2), .init()])
    let x = trace.tensor([1, 8, 2])
    _ = bind(ReduceWindowMax(sizes: [1, 2, 1], window: window), x) as Tensor
    #expect(trace.cost == Cost(flops: 8))
  }
}
