import Linen
import Testing

/// As tests/linen/linen_linear_test.py of Flax says of Dense, DenseGeneral and Einsum.
@Suite("Linear layers")
struct LinearTests {
  private let ones = Tensor.ones([1, 3])

  @Test func dense() throws {
    let (y, _) = try Dense(4, kernelInit: .ones, biasInit: .ones)
      .initializeWithOutput(Key(0)) { $0(ones) }
    #expect(y.dtype == .float32)
    try expect(y, [1, 4], allEqual: 4)
  }

  @Test func denseExtraBatchDims() throws {
    let (y, _) = try Dense(4, kernelInit: .ones, biasInit: .ones)
      .initializeWithOutput(Key(0)) { $0(Tensor.ones([1, 2, 3])) }
    try expect(y, [1, 2, 4], allEqual: 4)
  }

  @Test func denseNoBias() throws {
    let (y, variables) = try Dense(4, useBias: false, kernelInit: .ones)
      .initializeWithOutput(Key(0)) { $0(ones) }
    try expect(y, [1, 4], allEqual: 3)
    #expect(shapes(variables) == ["params/kernel": [3, 4]])
  }

  @Test func denseIsDenseGeneral() throws {
    let x = Random.normal(Key(0), [5, 3])
    let (a, _) = try Dense(4, biasInit: .normal()).initializeWithOutput(Key(1)) { $0(x) }
    let (b, _) = try DenseGeneral([4], biasInit: .normal()).initializeWithOutput(Key(1)) { $0(x) }
    try expectEqual(a, b)
  }

  @Test func denseGeneralBatchDimRaises() {
    let layer = DenseGeneral([4], batchDims: [0, 2], kernelInit: .ones, biasInit: .ones)
    let text = errorText { _ = try layer.initialize(Key(0)) { $0(Tensor.ones([1, 3, 2, 5])) } }
    #expect(text.contains("batch_dims (0, 2) must be consecutive leading dimensions"))
  }

  @Test func denseGeneralTwoOut() throws {
    let (y, _) = try DenseGeneral([2, 2], kernelInit: .ones, biasInit: .ones)
      .initializeWithOutput(Key(0)) { $0(ones) }
    try expect(y, [1, 2, 2], allEqual: 4)
  }

  @Test func denseGeneralTwoIn() throws {
    let (y, _) = try DenseGeneral([3], axis: [-2, 2], kernelInit: .ones, biasInit: .ones)
      .initializeWithOutput(Key(0)) { $0(Tensor.ones([1, 2, 2])) }
    try expect(y, [1, 3], allEqual: 5)
  }

  @Test("the initializer is called once, for the batch too")
  func denseGeneralBatchDim() throws {
    let shapes = Shapes()
    let counting = Initializer("counting") { _, shape, dtype in
      shapes.all.append(shape)
      return Tensor.full(shape, Double(shapes.all.count), dtype: dtype)
    }
    let layer = DenseGeneral(
      [7], axis: [3, -2], batchDims: [0], kernelInit: counting, biasInit: .ones)
    let (y, _) = try layer.initializeWithOutput(Key(0)) { $0(Tensor.ones([2, 1, 3, 5])) }
    try expect(y, [2, 1, 7], allEqual: 16)
    #expect(shapes.all == [[30, 7]])
  }

  @Test(
    arguments: [
      ([-2, 3], [], "bijk,jklm->bilm"), ([3, -2], [], "bijk,jklm->bilm"),
      ([-2, 3], [0], "bijk,bjklm->bilm"),
    ] as [([Int], [Int], String)])
  func denseGeneralVersusEinsum(_ axis: [Int], _ batchDims: [Int], _ equation: String) throws {
    let x = Random.normal(Key(3), [6, 3, 4, 5])
    let layer = DenseGeneral(
      [2, 3], axis: Axes(axis), batchDims: batchDims, kernelInit: .normal(), biasInit: .ones)
    let (y, variables) = try layer.initializeWithOutput(Key(0)) { $0(x) }
    try expectNear(y, einsum(equation, x, variables["params"]["kernel"]) + 1)
  }

  @Test func nonFinalAxis() throws {
    let model = Model { _, x in DenseGeneral([6], axis: [1], name: "dense")(x) }
    let (y, variables) = try model.initializeWithOutput(Key(0)) { $0(Tensor.ones([2, 4, 8])) }
    #expect(shapes(variables["params"]) == ["dense/kernel": [4, 6], "dense/bias": [6]])
    #expect(y.shape == [2, 8, 6])
  }

  @Test func nonFinalAxes() throws {
    let model = Model { _, x in DenseGeneral([6], axis: [0, 1], name: "dense")(x) }
    let (y, variables) = try model.initializeWithOutput(Key(0)) { $0(Tensor.ones([2, 4, 8])) }
    #expect(shapes(variables["params"]) == ["dense/kernel": [2, 4, 6], "dense/bias": [6]])
    #expect(y.shape == [8, 6])
  }

  @Test("a function in the place of the product")
  func dotGeneralInjection() throws {
    let doubling: DotGeneralFunction = { x, w, dimensions, precision in
      #expect(precision == .highest)
      let axes = (dimensions.lhsContracting, dimensions.rhsContracting)
      return dotGeneral(
        x, w, contracting: axes, batch: (dimensions.lhsBatch, dimensions.rhsBatch)) * 2
    }
    let dense = Dense(4, precision: .highest, kernelInit: .ones, dotGeneral: doubling)
    try expect(try dense.initializeWithOutput(Key(0)) { $0(ones) }.0, [1, 4], allEqual: 6)
    let general = DenseGeneral(
      [2], batchDims: [0], kernelInit: .ones, precision: .highest, dotGeneral: doubling)
    try expect(try general.initializeWithOutput(Key(0)) { $0(ones) }.0, [1, 2], allEqual: 6)
  }

  @Test("a module in the place of the product is a submodule")
  func dotGeneralModule() throws {
    let layer = Dense(4, kernelInit: .ones, dotGeneralCls: { ScaledProduct() })
    let (y, variables) = try layer.initializeWithOutput(Key(0)) { $0(ones) }
    try expect(y, [1, 4], allEqual: 9)
    #expect(shapes(variables)["scales/ScaledProduct_0/factor"] == [])
    let attention = MultiHeadDotProductAttention(
      1, kernelInit: .ones, qkvDotGeneralCls: { ScaledProduct() },
      outDotGeneralCls: { ScaledProduct() })
    let paths = shapes(try attention.initialize(Key(0)) { $0(ones) }).keys
    for name in ["query", "key", "value", "out"] {
      #expect(paths.contains("scales/\(name)/ScaledProduct_0/factor"))
    }
  }

  @Test("a function in the place of the promotion")
  func promoteDtypeInjection() throws {
    let toHalf = PromoteDTypeFunction { tensors, _ in tensors.map { $0.cast(to: .float16) } }
    let dense = try Dense(4, promoteDtype: toHalf).initializeWithOutput(Key(0)) { $0(ones) }.0
    #expect(dense.dtype == .float16)
    let conv = try Conv(4, [1], promoteDtype: toHalf).initializeWithOutput(Key(0)) { $0(ones) }.0
    #expect(conv.dtype == .float16)
    let embed = try Embed(4, 3, promoteDtype: toHalf)
      .initializeWithOutput(Key(0)) { $0(Tensor([1] as [Int32])) }.0
    #expect(embed.dtype == .float16)
  }

  // MARK: Einsum

  @Test func einsumStrArg() throws {
    let x = Random.normal(Key(0), [3, 4, 5])
    let equation = "abc,cde->abde"
    let made = Einsum([5, 6, 7], equation, biasInit: .normal())
    let called = Einsum([5, 6, 7], biasInit: .normal())
    let (a, first) = try made.initializeWithOutput(Key(1)) { $0(x) }
    let (b, second) = try called.initializeWithOutput(Key(1)) { $0(x, equation) }
    try expectEqual(a, b)
    try expectEqual(first, second)
    #expect(
      errorText { _ = try made.initialize(Key(1)) { $0(x, equation) } }.contains(
        "Parameter \"einsum_str\" was passed to the constructor and at call time. "
          + "Should be passed just once."))
    #expect(
      errorText { _ = try called.initialize(Key(1)) { $0(x) } }.contains(
        "Parameter \"einsum_str\" must be passed to the constructor or at call time."))
  }

  @Test func einsumSpaceStr() throws {
    let x = Random.normal(Key(0), [3, 4, 5])
    let a = try Einsum([5, 6, 7], "abc,cde->abde", biasInit: .normal())
      .initializeWithOutput(Key(1)) { $0(x) }
    let b = try Einsum([5, 6, 7], "  ab c  , c d e    -  >a b d  e  ", biasInit: .normal())
      .initializeWithOutput(Key(1)) { $0(x) }
    try expectEqual(a.0, b.0)
    try expectEqual(a.1, b.1)
  }

  @Test(arguments: [
    ("abc,cde", "`einsum_str` equation must be explicit and include \"->\"."),
    (
      "abc->",
      "`einsum_str` equation must have exactly two operands and therefore, exactly one comma "
        + "character, instead of 0"
    ),
    (
      "abc,cde,efg->abdfg",
      "`einsum_str` equation must have exactly two operands and therefore, exactly one comma "
        + "character, instead of 2"
    ),
  ])
  func einsumError(_ equation: String, _ message: String) {
    let x = Random.normal(Key(0), [3, 4, 5])
    let text = errorText { _ = try Einsum([5, 6, 7], equation).initialize(Key(1)) { $0(x) } }
    #expect(text.contains(message))
  }
}

/// The shapes that an initializer was asked for, on one thread.
private final class Shapes: @unchecked Sendable {
  var all: [Shape] = []
}

/// A product times a number of its own.
private final class ScaledProduct: Module, DotGeneralModule, @unchecked Sendable {
  func callAsFunction(
    _ lhs: Tensor, _ rhs: Tensor, _ dimensions: DotDimensionNumbers, precision: Precision?
  ) -> Tensor {
    compact(lhs, rhs) { lhs, rhs in
      let factor = variable("scales", "factor") { Tensor(3.0, dtype: .float32) }
      let axes = (dimensions.lhsContracting, dimensions.rhsContracting)
      return dotGeneral(lhs, rhs, contracting: axes) * factor.value
    }
  }
}
