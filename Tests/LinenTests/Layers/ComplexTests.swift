import Linen
import Testing

/// Layers of complex numbers, as Flax's tests have them.
@Suite("Complex numbers in layers")
struct ComplexTests {
  @Test func complexParamsDense() throws {
    let dense = Dense(2, paramDtype: .complex64)
    let (y, variables) = try dense.initializeWithOutput(Key(0)) { $0(Tensor.ones([1, 2])) }
    let (kernel, bias): (Tensor, Tensor) = (
      variables["params"]["kernel"], variables["params"]["bias"]
    )
    #expect(kernel.dtype == .complex64 && bias.dtype == .complex64)
    #expect(y.dtype == .complex64)
  }

  @Test func complexInputDense() throws {
    let x = Tensor.ones([1, 2], dtype: .complex64)
    let (y, variables) = try Dense(2).initializeWithOutput(Key(0)) { $0(x) }
    let (kernel, bias): (Tensor, Tensor) = (
      variables["params"]["kernel"], variables["params"]["bias"]
    )
    #expect(kernel.dtype == .float32 && bias.dtype == .float32)
    #expect(y.dtype == .complex64)
  }

  /// The values are those of flax.linen.MultiHeadDotProductAttention of ones.
  @Test func attentionDtypeInfer() throws {
    let layer = MultiHeadDotProductAttention(
      8, qkvFeatures: 16, kernelInit: .ones, biasInit: .zeros)
    let x = Tensor.ones([4, 6, 5], dtype: .complex64)
    let y = try layer.initializeWithOutput(Key(0)) { $0(x) }.output
    #expect(y.type == ShapeDtype([4, 6, 5], .complex64))
    try expectNear(real(y), Tensor.full([4, 6, 5], 80), tolerance: 1e-4)
    try expectNear(imag(y), Tensor.zeros([4, 6, 5]), tolerance: 1e-4)
  }

  @Test(arguments: [false, true])
  func batchNormComplex(_ isMasked: Bool) throws {
    let keys = Key(0).split(into: [3])
    var x = Random.normal(keys[0], [4, 3, 2], dtype: .complex64)
    var mask: Tensor?
    if isMasked {
      let chosen = Random.bernoulli(keys[1], 0.5, [4, 3, 1])
      x = which(chosen.broadcast(to: x.shape), x, Tensor(Double.nan).cast(to: .complex64))
      mask = chosen
    }
    let counts = mask.map { sum($0.cast(to: .float32)) } ?? Tensor(12.0)
    func average(_ x: Tensor) -> Tensor {
      let zero = Tensor(0.0).cast(to: x.dtype)
      let kept = mask.map { which($0.broadcast(to: x.shape), x, zero) } ?? x
      return sum(kept, axes: [0, 1]) / counts
    }
    func spread(_ x: Tensor) -> Tensor {
      let center = x - average(x)
      return average(square(real(center)) + square(imag(center)))
    }
    let layer = BatchNorm(useRunningAverage: false, momentum: 0.9, dtype: .complex64)
    let given = mask
    let (y, variables) = try layer.initializeWithOutput(keys[2]) {
      $0(x, useRunningAverage: nil, mask: given)
    }
    #expect(y.dtype == .complex64)
    try expectNear(real(average(y)), Tensor.zeros([2]), tolerance: 1e-4)
    try expectNear(imag(average(y)), Tensor.zeros([2]), tolerance: 1e-4)
    try expectNear(spread(y), Tensor.ones([2]), tolerance: 1e-4)
    let (_, updates) = try layer.apply(variables, mutable: "batch_stats") {
      $0(x, useRunningAverage: nil, mask: given)
    }
    let (mean, variance): (Tensor, Tensor) = (
      updates["batch_stats"]["mean"], updates["batch_stats"]["var"]
    )
    #expect(mean.dtype == .complex64 && variance.dtype == .float32)
    try expectNear(real(mean), 0.1 * real(average(x)), tolerance: 1e-4)
    try expectNear(imag(mean), 0.1 * imag(average(x)), tolerance: 1e-4)
    try expectNear(variance, 0.9 + 0.1 * spread(x), tolerance: 1e-4)
  }

  @Test func complexInputGatedUnits() throws {
    try check(SimpleCell(4))
    try check(GRUCell(4))
    try check(MGUCell(4))
  }

  private func check<Cell: RNNCell>(_ cell: Cell) throws where Cell.Carry == Tensor {
    let keys = Key(0).split(into: [3])
    let x = Random.normal(keys[1], [2, 3], dtype: .complex64)
    let first = cell.initializeCarry(keys[0], x.shape)
    #expect(first.shape == [2, 4])
    let (results, _) = try cell.initializeWithOutput(keys[2]) { cell in
      let (carry, y) = cell(first, x)
      return [carry, y]
    }
    #expect(results.map(\.dtype) == [.complex64, .complex64])
  }

  /// Values of flax.linen.initializers with jax.random.key(3), (2, 2) and complex64.
  @Test(arguments: [
    (
      Initializer.lecunNormal(), [0.0677770153, -0.1505436599, -0.4450888038, -0.2291391045],
      [0.0111694671, -0.0404115058, 0.0533273853, -0.2157050520]
    ),
    (
      Initializer.heUniform(), [0.1301188469, -0.2864673734, -0.7837903500, -0.4217396677],
      [0.0214432310, -0.0768984705, 0.0939081982, -0.3970137835]
    ),
    (
      Initializer.varianceScaling(scale: 1, mode: .fanIn, distribution: .normal),
      [-1.1891698837, -0.8530833125, -0.2456982136, -0.4815629423],
      [-0.9716107845, 0.0524080507, -0.0237947833, 0.1529965699]
    ),
  ])
  func complexVarianceScaling(
    _ initializer: Initializer, _ reals: [Double], _ imaginaries: [Double]
  ) throws {
    let values = initializer(Key(3), [2, 2], .complex64)
    #expect(values.dtype == .complex64)
    try expect(real(values), [2, 2], reals)
    try expect(imag(values), [2, 2], imaginaries)
  }
}
