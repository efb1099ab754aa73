import Autoregressive
import Linen
import Testing

/// Parameters that are nowhere 0, so that every dependence shows.
private let positive = Initializer("positive") { key, shape, dtype in
  Random.uniform(key, shape, dtype: dtype) + 0.5
}

@Suite("Masked layers")
struct MaskedLayerTests {
  /// Which output places depend on which input places, counted along all axes but the last.
  private func dependence(_ layer: some UnaryLayer, _ sizes: [Int]) throws -> [[Bool]] {
    let x = Random.normal(Key(1), Shape(sizes), dtype: .float64)
    let variables = try layer.initialize(Key(2)) { $0(x) }
    let jacobian = try jacrev { x in try layer.apply(variables) { $0(x) } }(x)
    let places = sizes.dropLast().reduce(1, *)
    let outputs = jacobian.shape.dimensions[sizes.count - 1]
    let sums = sum(
      abs(jacobian).reshaped(to: [places, outputs, places, sizes[sizes.count - 1]]), axes: [1, 3])
    let values = try sums.scalars(as: Double.self)
    return (0..<places).map { row in (0..<places).map { values[row * places + $0] != 0 } }
  }

  @Test("a linear layer sees all places before its own", arguments: [true, false])
  func denseSeesOnlyThePast(_ exclusive: Bool) throws {
    let layer = MaskedDense1D(features: 2, exclusive: exclusive, kernelInit: positive)
    let seen = try dependence(layer, [5, 3])
    for (i, row) in seen.enumerated() {
      #expect(row == (0..<5).map { exclusive ? $0 < i : $0 <= i })
    }
  }

  @Test(
    "a convolution sees the taps of its window before its own place",
    arguments: [(1, 1, 1), (3, 1, 1), (3, 2, 2), (2, 3, 1)], [true, false])
  func convSeesOnlyThePast(_ window: (Int, Int, Int), _ exclusive: Bool) throws {
    let (size, dilation, groups) = window
    if exclusive && size == 1 { return }
    let layer = MaskedConv1D(
      features: 4, kernelSize: size, kernelDilation: dilation, exclusive: exclusive,
      featureGroupCount: groups, kernelInit: positive)
    let seen = try dependence(layer, [8, 2])
    for (i, row) in seen.enumerated() {
      let taps = (exclusive ? 1 : 0)..<size
      let visible = Set(taps.map { i - $0 * dilation })
      #expect(row == (0..<8).map(visible.contains))
    }
  }

  @Test(
    "an image's pixel sees those above it, and those to the left in its row",
    arguments: [([2, 3], [1, 1]), ([2, 3], [1, 2]), ([1, 2], [1, 1]), ([3, 4], [1, 1])],
    [true, false])
  func imagesAreReadRowByRow(_ window: ([Int], [Int]), _ exclusive: Bool) throws {
    let layer = MaskedConv2D(
      features: 2, kernelSize: window.0, kernelDilation: window.1, exclusive: exclusive,
      kernelInit: positive)
    let seen = try dependence(layer, [4, 5, 2])
    for (i, row) in seen.enumerated() {
      for (j, isSeen) in row.enumerated() where isSeen {
        #expect(exclusive ? j < i : j <= i, "pixel \(i) sees pixel \(j)")
      }
      // What is in the window is seen, as far as there is an image.
      let left = i - window.1[1]
      if i % 5 >= window.1[1], window.0[1] > 1 { #expect(row[left]) }
      #expect(row[i] == !exclusive)
    }
  }

  @Test("groups of channels don't see each other")
  func groups() throws {
    let layer = MaskedConv1D(
      features: 4, kernelSize: 2, kernelDilation: 1, exclusive: false, featureGroupCount: 2,
      kernelInit: positive)
    let x = Random.normal(Key(1), [3, 2], dtype: .float64)
    let variables = try layer.initialize(Key(2)) { $0(x) }
    let slopes = try jacrev { x in sum(try layer.apply(variables) { $0(x) }, axes: [0]) }(x)
    let values = try sum(abs(slopes), axes: [1]).scalars(as: Double.self)
    let expected = (0..<4).flatMap { output in (0..<2).map { $0 == output / 2 } }
    #expect(values.map { $0 != 0 } == expected)
  }

  @Test("fields and defaults of netket.nn.MaskedConv1D")
  func fields() throws {
    let layer = MaskedConv1D(features: 2, kernelSize: 3, kernelDilation: 1, exclusive: true)
    #expect(layer.featureGroupCount == 1)
    #expect(layer.useBias)
    #expect(layer.paramDtype == .float64)
    #expect(layer.precision == nil)
    #expect(layer.name == nil && layer.parent == nil && layer.scope == nil)
    let x = Tensor.ones([1, 4, 2])
    let (y, variables) = try layer.initializeWithOutput(Key(0)) { $0(x) }
    #expect(y.dtype == .float64)
    let kernel: Tensor = variables["params"]["kernel"]
    #expect(kernel.shape == [2, 2, 2] && kernel.dtype == .float64)
    #expect((variables["params"]["bias"] as Tensor).dtype == .float64)
    #expect(try layer.bind(variables)({ $0(x) }).shape == [1, 4, 2])
  }

  @Test("an input without a batch is a batch of one", arguments: [true, false])
  func withoutBatch(_ exclusive: Bool) throws {
    func check(_ layer: some UnaryLayer, _ sizes: [Int]) throws {
      let x = Random.normal(Key(1), Shape(sizes))
      let variables = try layer.initialize(Key(2)) { $0(x) }
      let one = try layer.apply(variables) { $0(x) }
      let batch = try layer.apply(variables) { $0(stack([x, x])) }
      #expect(one.shape.rank == sizes.count)
      let (a, b) = (try one.scalars(as: Double.self), try batch[1].scalars(as: Double.self))
      #expect(zip(a, b).allSatisfy { abs($0 - $1) < 1e-12 })
    }
    try check(MaskedDense1D(features: 2, exclusive: exclusive), [4, 3])
    try check(
      MaskedConv1D(features: 2, kernelSize: 2, kernelDilation: 1, exclusive: exclusive), [4, 3])
    try check(
      MaskedConv2D(
        features: 2, kernelSize: [2, 3], kernelDilation: [1, 1], exclusive: exclusive), [4, 5, 3])
  }

  @Test("what is wrong is said")
  func mistakes() {
    func text(_ layer: some UnaryLayer, _ sizes: [Int]) -> String {
      do {
        _ = try layer.initialize(Key(0)) { $0(Tensor.ones(Shape(sizes))) }
        return "no error"
      } catch {
        return "\(error)"
      }
    }
    let conv = MaskedConv1D(
      features: 2, kernelSize: 2, kernelDilation: 1, exclusive: true, featureGroupCount: 2)
    #expect(text(conv, [1, 4, 3]).contains("a divisor of the 3 channels"))
    #expect(text(conv, [4]).contains("with or without a batch"))
    let empty = MaskedConv1D(features: 2, kernelSize: 1, kernelDilation: 1, exclusive: true)
    #expect(text(empty, [4, 2]).contains("at least 2 and 1 where it is exclusive"))
    let line = MaskedConv2D(
      features: 2, kernelSize: [3], kernelDilation: [1], exclusive: true)
    #expect(text(line, [4, 4, 2]).contains("two sizes each"))
  }
}
