import Linen
import Testing

/// The operations of layers and functions, and of their vector-Jacobian products, as `compute_flops` and
/// `compute_vjp_flops` of flax.linen 0.12.8 count them with jax 0.10.2 (Fixtures/costs.py).
///
/// Left out are those that take other steps than JAX's in ways that are not worth imitating: abs, sums
/// of exponentials, and the gradients of unrolled scans; SpectralNorm differs by one conversion of a
/// scalar.
@Suite struct CallCostTests {
  struct Row: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let flops: Int
    let vjpFlops: Int
    let count: @Sendable () throws -> ModuleTable

    /// A layer that takes one tensor.
    init<M: Module>(
      _ name: String, _ flops: Int, _ vjpFlops: Int, _ module: M, _ x: ShapeDtype,
      _ call: @escaping @Sendable (M, Tensor) -> Tensor
    ) {
      testDescription = name
      self.flops = flops
      self.vjpFlops = vjpFlops
      count = {
        try module.moduleTable(
          ["params": Key(0), "dropout": Key(1)], Tensor(x), computeFlops: true,
          computeVJPFlops: true, call)
      }
    }

    /// A step of a recurrent cell.
    init<C: RNNCell>(
      _ name: String, _ flops: Int, _ vjpFlops: Int, _ cell: C, _ carry: C.Carry, _ x: ShapeDtype
    ) {
      testDescription = name
      self.flops = flops
      self.vjpFlops = vjpFlops
      let carry = treeMap(carry) { Tensor($0.type) }
      count = {
        try cell.moduleTable(Key(0), Tensor(x), computeFlops: true, computeVJPFlops: true) {
          $0(carry, $1)
        }
      }
    }

    /// A function without parameters.
    init(
      _ name: String, _ flops: Int, _ vjpFlops: Int,
      _ function: @escaping @Sendable (Tensor) -> Tensor
    ) {
      self.init(name, flops, vjpFlops, Model { _, x in function(x) }, x) { $0($1) }
    }
  }

  private static let x = ShapeDtype([4, 8], .float32)
  private static let image = ShapeDtype([2, 8, 8, 3], .float32)
  private static let sequence = ShapeDtype([2, 5, 6], .float32)
  private static let indices = ShapeDtype([2, 4], .int32)
  private static let step = ShapeDtype([2, 3], .float32)
  private static let carry = Tensor.zeros([2, 4])

  static let layers: [Row] = [
    Row("Dense", 272, 832, Dense(4), x) { $0($1) },
    Row("Dense in bfloat16", 340, 968, Dense(4, dtype: .bfloat16), x) { $0($1) },
    Row("LayerNorm", 240, 708, LayerNorm(), x) { $0($1) },
    Row("LayerNorm, slow variance", 260, 752, LayerNorm(useFastVariance: false), x) { $0($1) },
    Row("LayerNorm alone", 176, 516, LayerNorm(useBias: false, useScale: false), x) { $0($1) },
    Row("RMSNorm", 132, 432, RMSNorm(), x) { $0($1) },
    Row("GroupNorm", 280, 872, GroupNorm(2), x) { $0($1) },
    Row("GroupNorm of images", 2334, 6270, GroupNorm(3), image) { $0($1) },
    Row("InstanceNorm", 2334, 6270, InstanceNorm(), image) { $0($1) },
    Row("BatchNorm, training", 280, 776, BatchNorm(useRunningAverage: false), x) { $0($1) },
    Row("BatchNorm", 112, 352, BatchNorm(useRunningAverage: true), x) { $0($1) },
    Row(
      "BatchNorm, slow variance", 288, 768,
      BatchNorm(useRunningAverage: false, useFastVariance: false), x
    ) { $0($1) },
    Row("WeightNorm", 300, 966, WeightNorm(Dense(3)), x) { $0($1) },
    Row("Conv 1D", 1288, 3896, Conv(4, [3]), sequence) { $0($1) },
    Row("Conv 2D", 23744, 70828, Conv(4, [3, 3]), image) { $0($1) },
    Row("Conv 2D, strides", 3960, 11916, Conv(4, [3, 3], strides: 2, padding: .valid), image) {
      $0($1)
    },
    Row("Conv, dilated", 19712, 58732, Conv(4, [3, 3], kernelDilation: 2), image) { $0($1) },
    Row("Conv, circular", 1480, 4592, Conv(4, [3], padding: .circular), sequence) { $0($1) },
    Row("Conv, causal", 1481, 4473, Conv(4, [3], padding: .causal), sequence) { $0($1) },
    Row("Conv, reflected", 1480, 4604, Conv(4, [3], padding: .reflect), sequence) { $0($1) },
    Row("ConvLocal", 2434, 6650, ConvLocal(4, [3]), sequence) { $0($1) },
    Row("Conv, groups", 664, 1988, Conv(4, [3], featureGroupCount: 2), sequence) { $0($1) },
    Row("ConvTranspose", 23744, 70828, ConvTranspose(4, [3, 3]), image) { $0($1) },
    Row("ConvTranspose, strides", 27440, 80380, ConvTranspose(4, [3, 3], strides: [2, 2]), image) {
      $0($1)
    },
    Row(
      "ConvTranspose, circular", 1561, 4553, ConvTranspose(4, [3], padding: .circular), sequence
    ) { $0($1) },
    Row(
      "WeightNorm of bfloat16", 303, 972, WeightNorm(Dense(3, paramDtype: .bfloat16)), x
    ) { $0($1) },
    Row("DenseGeneral", 780, 2316, DenseGeneral([2, 3]), sequence) { $0($1) },
    Row("Einsum", 408, 1248, Einsum([8, 2, 3], "ab,bcd->acd"), x) { $0($1) },
    Row("Embed", 72, 111, Embed(5, 3), indices) { $0($1) },
    Row("MultiHeadDotProductAttention", 4760, 14124, MultiHeadDotProductAttention(2), sequence) {
      $0($1)
    },
    Row(
      "MultiHeadDotProductAttention in bfloat16", 5228, 15060,
      MultiHeadDotProductAttention(2, dtype: .bfloat16), sequence
    ) { $0($1) },
    Row(
      "MultiHeadDotProductAttention, dropout", 5933, 15397,
      MultiHeadDotProductAttention(2, dropoutRate: 0.1, deterministic: false), sequence
    ) { $0($1) },
    Row("LSTMCell", 616, 1898, LSTMCell(4), LSTMCarry(c: carry, h: carry), step),
    Row("OptimizedLSTMCell", 616, 1856, OptimizedLSTMCell(4), LSTMCarry(c: carry, h: carry), step),
    Row("GRUCell", 480, 1456, GRUCell(4), carry, step),
    Row("MGUCell", 328, 1014, MGUCell(4), carry, step),
    Row("SimpleCell", 128, 428, SimpleCell(4), carry, step),
    Row(
      "ConvLSTMCell", 230144, 681712, ConvLSTMCell(4, [3, 3]),
      LSTMCarry(c: Tensor.zeros([2, 8, 8, 4]), h: Tensor.zeros([2, 8, 8, 4])), image),
    Row("RNN of LSTMCell", 810, 2722, RNN(LSTMCell(4)), sequence) { $0($1) },
    Row("RNN of GRUCell", 626, 2078, RNN(GRUCell(4)), sequence) { $0($1) },
    Row(
      "RNN, random carry", 1256, 2708, RNN(GRUCell(4, carryInit: .normal())), sequence
    ) { $0($1) },
    Row("RNN of OptimizedLSTMCell", 810, 2662, RNN(OptimizedLSTMCell(4)), sequence) { $0($1) },
    Row(
      "RNN, reversed", 178, 634, RNN(SimpleCell(4), reverse: true, keepOrder: true), sequence
    ) { $0($1) },
    Row(
      "Bidirectional", 1252, 4216, Bidirectional(RNN(GRUCell(4)), RNN(GRUCell(4))), sequence
    ) { $0($1) },
    Row("Dropout", 1360, 1424, Dropout(0.5, deterministic: false), x) { $0($1) },
    Row(
      "Dropout, shared", 408, 472, Dropout(0.5, broadcastDims: [0], deterministic: false), x
    ) { $0($1) },
    Row(
      "Dropout, all or nothing", 148, 212,
      Dropout(0.5, broadcastDims: [0, 1], deterministic: false), x
    ) { $0($1) },
    Row("PReLU", 96, 288, PReLU(), x) { $0($1) },
    Row("avgPool", 384, 1632, Model { _, x in avgPool(x, [2, 2], strides: [2, 2]) }, image) {
      $0($1)
    },
    Row(
      "avgPool without padding", 432, 1680,
      Model { _, x in
        avgPool(x, [2, 2], strides: [2, 2], padding: .same, countIncludePad: false)
      }, image
    ) { $0($1) },
    Row("maxPool", 288, 672, Model { _, x in maxPool(x, [2, 2], strides: [2, 2]) }, image) {
      $0($1)
    },
  ]

  static let functions: [Row] = [
    Row("relu", 32, 96) { relu($0) },
    Row("gelu", 256, 704) { gelu($0) },
    Row("gelu, exact", 2112, 2432) { gelu($0, approximate: false) },
    Row("elu", 128, 320) { elu($0) },
    Row("elu, alpha 0.5", 160, 384) { elu($0, alpha: 0.5) },
    Row("selu", 192, 448) { selu($0) },
    Row("celu", 128, 640) { celu($0) },
    Row("softplus", 192, 384) { softplus($0) },
    Row("logSigmoid", 256, 512) { logSigmoid($0) },
    Row("hardTanh", 130, 194) { hardTanh($0) },
    Row("standardize", 177, 517) { standardize($0) },
    Row("softSign", 96, 480) { softSign($0) },
    Row("silu", 128, 320) { silu($0) },
    Row("sigmoid", 96, 192) { sigmoid($0) },
    Row("tanh", 0, 128) { tanh($0) },
    Row("leakyRelu", 96, 224) { leakyReLU($0) },
    Row("hardSigmoid", 128, 288) { hardSigmoid($0) },
    Row("hardSilu", 160, 416) { hardSilu($0) },
    Row("softmax", 124, 324) { softmax($0) },
    Row("logSoftmax", 124, 252) { logSoftmax($0) },
    Row("relu6", 64, 192) { relu6($0) },
    Row("glu", 64, 144) { glu($0) },
    Row("x + x", 32, 64) { $0 + $0 },
    Row("x * x", 32, 128) { $0 * $0 },
    Row("x / (x + 1)", 64, 288) { $0 / ($0 + 1) },
    Row("mean", 32, 36) { mean($0, axes: [1]) },
    Row("sum", 31, 31) { sum($0) },
    Row("max", 28, 156) { max($0, axes: [1]) },
    Row("exp", 0, 32) { exp($0) },
    Row("log", 0, 32) { log($0) },
    Row("sqrt", 0, 64) { sqrt($0) },
    Row("rsqrt", 0, 96) { rsqrt($0) },
    Row("square", 32, 96) { square($0) },
    Row("maximum", 32, 224) { maximum($0, Tensor(0.5)) },
    Row("minimum", 32, 224) { minimum($0, Tensor(0.5)) },
    Row("which", 64, 96) { which($0 .> 0, $0, Tensor(0.0)) },
    Row("sin", 0, 32) { sin($0) },
    Row("norm", 60, 164) { sqrt(sum($0 * $0, axes: [1])) },
    Row("concatenate", 0, 32) { concatenate([$0, $0]) },
    Row("transposed", 0, 0) { $0.transposed() },
    Row("matmul", 256, 800) { matmul($0, $0.transposed()) },
    Row("erf", 0, 128) { erf($0) },
  ]

  @Test(arguments: layers + functions) func countsAreThoseOfXLA(_ row: Row) throws {
    let first = try row.count().rows[0]
    #expect(first.flops == row.flops)
    #expect(first.vjpFlops == row.vjpFlops)
  }
}
