import Linen
import Testing

/// As NormalizationTest in tests/linen/linen_test.py of Flax says.
@Suite("Normalization")
struct NormalizationTests {
  /// Normal numbers, NaN where a mask, true for the first `certain` of each row, is false.
  private func masked(_ shape: Shape, certain: Int) -> (x: Tensor, mask: Tensor) {
    let keys = Key(0).split()
    let drawn = Random.bernoulli(keys[1], 0.5, shape)
    let first = (arange(shape[-1]) .< Tensor(certain)).broadcast(to: shape)
    let mask = logicalOr(drawn, first)
    return (which(mask, Random.normal(keys[0], shape), Tensor(Float.nan)), mask)
  }

  private func output(_ layer: some UnaryLayer, _ x: Tensor) throws -> Tensor {
    try layer.initializeWithOutput(Key(1)) { $0(x) }.0
  }

  private func expectAll(_ x: Tensor, _ value: Double, tolerance: Double = 1e-4) throws {
    try expectNear(x, Tensor.full(x.shape, value), tolerance: tolerance)
  }

  @Test func layerNormMask() throws {
    let (x, mask) = masked([3, 4, 5], certain: 2)
    let (y, _) = try LayerNorm().initializeWithOutput(Key(0)) { $0(x, mask: mask) }
    try expectAll(mean(y, axes: [-1], where: mask), 0)
    try expectAll(variance(y, axes: [-1], where: mask), 1)
  }

  @Test func rmsNormMask() throws {
    let (x, mask) = masked([3, 4, 5], certain: 1)
    let (y, _) = try RMSNorm().initializeWithOutput(Key(0)) { $0(x, mask: mask) }
    try expectAll(mean(square(y), axes: [-1], where: mask), 1)
  }

  @Test func groupNormMask() throws {
    let (x, mask) = masked([5, 3, 5, 7 * 11], certain: 2)
    let (y, _) = try GroupNorm(7, useBias: false, useScale: false)
      .initializeWithOutput(Key(0)) { $0(x, mask: mask) }
    let grouped: Shape = [5, 3, 5, 7, 11]
    let (groups, places) = (y.reshaped(to: grouped), mask.reshaped(to: grouped))
    try expectAll(mean(groups, axes: [1, 2, 4], where: places), 0)
    try expectAll(variance(groups, axes: [1, 2, 4], where: places), 1)
  }

  @Test(arguments: [true, false])
  func batchNorm(_ hasMask: Bool) throws {
    let keys = Key(0).split(3)
    var x = Random.normal(keys[0], [4, 3, 2])
    var mask: Tensor?
    if hasMask {
      let drawn = Random.bernoulli(keys[1], 0.5, [4, 3, 1])
      x = which(drawn, x, Tensor(Float.nan))
      mask = drawn.broadcast(to: x.shape)
    }
    let layer = BatchNorm(useRunningAverage: false, momentum: 0.9)
    let (y, variables) = try layer.initializeWithOutput(keys[2]) {
      $0(x, useRunningAverage: nil, mask: mask)
    }
    try expectAll(mean(y, axes: [0, 1], where: mask), 0)
    try expectAll(variance(y, axes: [0, 1], where: mask), 1)
    let (_, updates) = try layer.apply(variables, mutable: "batch_stats") {
      $0(x, useRunningAverage: nil, mask: mask)
    }
    try expectNear(
      updates["batch_stats"]["mean"], mean(x, axes: [0, 1], where: mask) * 0.1, tolerance: 1e-4)
    try expectNear(
      updates["batch_stats"]["var"], variance(x, axes: [0, 1], where: mask) * 0.1 + 0.9,
      tolerance: 1e-4)
  }

  @Test(arguments: [([-1], true), ([1], true), ([1, 2], true), ([0, 1, 2], true), ([-1], false)])
  func layerNorm(_ axes: [Int], _ useFastVariance: Bool) throws {
    var x = Random.normal(Key(0), [2, 3, 4])
    // This blows up the fast variance.
    if !useFastVariance { x = x + 1e6 }
    let layer = LayerNorm(
      epsilon: 1e-5, useBias: false, useScale: false, reductionAxes: Axes(axes),
      useFastVariance: useFastVariance)
    let y = try output(layer, x)
    #expect(y.dtype == x.dtype)
    let center = mean(x, axes: axes, keepingAxes: true)
    let spread = variance(x, axes: axes, keepingAxes: true)
    try expectNear(y, (x - center) * rsqrt(spread + 1e-5), tolerance: 2e-3)
  }

  @Test(arguments: [[-1], [1], [1, 2]])
  func rmsNorm(_ axes: [Int]) throws {
    let x = Random.normal(Key(0), [2, 3, 4])
    let y = try output(RMSNorm(epsilon: 1e-5, useScale: false, reductionAxes: Axes(axes)), x)
    try expectNear(
      y, x * rsqrt(mean(square(x), axes: axes, keepingAxes: true) + 1e-5), tolerance: 1e-4)
  }

  /// Groups of 16 of 32 channels, normalized over these axes of the grouped tensor.
  private func grouped(_ x: Tensor, _ axes: [Int]) -> Tensor {
    let groups = x.reshaped(to: Shape(x.shape.dimensions.dropLast() + [2, 16]))
    let center = mean(groups, axes: axes, keepingAxes: true)
    let spread = variance(groups, axes: axes, keepingAxes: true)
    return ((groups - center) * rsqrt(spread + 1e-5)).reshaped(to: x.shape)
  }

  @Test func groupNorm() throws {
    let x = Random.normal(Key(0), [2, 5, 4, 4, 32])
    let y = try output(GroupNorm(2, epsilon: 1e-5, useBias: false, useScale: false), x)
    try expectNear(y, grouped(x, [1, 2, 3, 5]), tolerance: 1e-4)
  }

  @Test func groupNormUnbatched() throws {
    let x = Random.normal(Key(0), [2, 5, 4, 4, 32])
    let layer = GroupNorm(
      2, epsilon: 1e-5, useBias: false, useScale: false, reductionAxes: [0, 1, 3, 4])
    try expectNear(try output(layer, x), grouped(x, [0, 1, 3, 5]), tolerance: 1e-4)
  }

  @Test func groupNormBatched() throws {
    let x = Random.normal(Key(0), [3, 4, 32])
    let layer = GroupNorm(
      2, epsilon: 1e-5, useBias: false, useScale: false, reductionAxes: [-3, -2, -1])
    let y = try output(layer, x)
    let many = try layer.apply([:]) { $0(stack([x, x, x])) }
    try expectNear(y, take(many, Tensor(Int32(1)), axis: 0), tolerance: 1e-4)
    try expectNear(many, grouped(stack([x, x, x]), [1, 2, 4]), tolerance: 1e-4)
  }

  @Test func groupNormRaises() {
    let x = Random.normal(Key(0), [2, 5, 4, 4, 32])
    #expect(
      errorText { _ = try output(GroupNorm(3), x) }.contains(
        "Number of groups (3) does not divide the number of channels (32)."))
  }

  @Test func groupNormRaisesIncorrectReductionAxes() {
    let x = Random.normal(Key(0), [2, 5, 4, 4, 32])
    #expect(
      errorText { _ = try output(GroupNorm(2, reductionAxes: [0, 1, 2, 3]), x) }.contains(
        "The reduction axes must include the final dimension"))
  }

  @Test("the mapped axis need not be there during initialization")
  func batchNormMultiInit() throws {
    let x = Random.normal(Key(1), [2, 4])
    let model = Model { _, x in
      let norm = BatchNorm(useRunningAverage: false, axisName: "batch", name: "norm")
      let once = norm(x)
      return stack([once, norm(once)])
    }
    let (y, _) = try model.initializeWithOutput(Key(0)) { $0(x) }
    try expectNear(
      take(y, Tensor(Int32(0)), axis: 0), take(y, Tensor(Int32(1)), axis: 0), tolerance: 0.005)
  }

  @Test(arguments: [([-1], true), ([1, 2], true), ([1, 2, 3], true), ([-1], false)])
  func instanceNorm(_ featureAxes: [Int], _ useFastVariance: Bool) throws {
    var x = Random.normal(Key(0), [2, 3, 4, 5])
    // This blows up the fast variance.
    if !useFastVariance { x = x + 1e4 }
    let layer = InstanceNorm(
      epsilon: 1e-5, useBias: false, useScale: false, featureAxes: Axes(featureAxes),
      useFastVariance: useFastVariance)
    let y = try output(layer, x)
    let features = featureAxes.map { $0 < 0 ? $0 + 4 : $0 }
    let axes = (1..<4).filter { !features.contains($0) }
    let spread = variance(x, axes: axes, keepingAxes: true)
    try expectNear(
      y, (x - mean(x, axes: axes, keepingAxes: true)) * rsqrt(spread + 1e-5), tolerance: 1e-5)
  }

  @Test(arguments: [[0], [-4], [0, 3], [2, -4]])
  func instanceNormRaiseError(_ featureAxes: [Int]) {
    let x = Random.normal(Key(0), [2, 3, 4, 5])
    #expect(
      errorText { _ = try output(InstanceNorm(featureAxes: Axes(featureAxes)), x) }.contains(
        "The channel axes cannot include the leading dimension as this is assumed to be the batch "
          + "axis."))
  }

  private static let pairs: [(any UnaryLayer, any UnaryLayer)] = [
    (LayerNorm(featureAxes: [1, 2]), InstanceNorm(featureAxes: [1, 2])),
    (LayerNorm(reductionAxes: [1, 2]), InstanceNorm()),
    (
      LayerNorm(
        biasInit: .uniform(), scaleInit: .uniform(), reductionAxes: [-2], featureAxes: [1, 3]),
      InstanceNorm(biasInit: .uniform(), scaleInit: .uniform(), featureAxes: [1, -1])
    ),
    (
      LayerNorm(biasInit: .uniform(), scaleInit: .uniform(), reductionAxes: [1, 2, 3]),
      GroupNorm(1, biasInit: .uniform(), scaleInit: .uniform())
    ),
    (
      InstanceNorm(biasInit: .uniform(), scaleInit: .uniform()),
      GroupNorm(nil, groupSize: 1, biasInit: .uniform(), scaleInit: .uniform())
    ),
  ]

  @Test(arguments: NormalizationTests.pairs.indices)
  func normalizationEquivalence(_ index: Int) throws {
    let x = Random.normal(Key(0), [2, 3, 4, 5])
    func run(_ layer: any UnaryLayer) throws -> (Tensor, Variables) {
      try (layer as Module).initializeWithOutput(Key(1)) { _ in layer(x) }
    }
    let (first, second) = (try run(Self.pairs[index].0), try run(Self.pairs[index].1))
    try expectEqual(first.1, second.1)
    try expectNear(first.0, second.0, tolerance: 1e-6)
  }

  @Test("groups of the members of a mapped axis share statistics")
  func axisIndexGroups() throws {
    let x = Random.normal(Key(0), [4, 3, 2]) * 2
    let layer = BatchNorm(
      useRunningAverage: false, axisName: "batch", axisIndexGroups: [[0, 2], [1, 3]])
    let variables = try layer.initialize(Key(1)) { $0(x[0]) }
    let y = try vmap(axisName: "batch") { x in
      try layer.apply(variables, mutable: "batch_stats") { $0(x) }.output
    }(x)
    let alone = BatchNorm(useRunningAverage: false)
    for group in [[0, 2], [1, 3]] {
      let members = concatenate(group.map { x[$0] })
      let (expected, _) = try alone.apply(variables, mutable: "batch_stats") { $0(members) }
      try expectNear(concatenate(group.map { y[$0] }), expected, tolerance: 1e-5)
    }
    let wrong = LayerNorm(axisName: "batch", axisIndexGroups: [[0, 1], [2]])
    let text = errorText {
      _ = try vmap(axisName: "batch") { x in try wrong.initializeWithOutput(Key(0)) { $0(x) }.0 }(x)
    }
    #expect(text.contains("must name each of the 4 members of the axis batch once"))
  }
}
