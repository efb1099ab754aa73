import Linen
import Testing

/// As tests/linen/linen_attention_test.py of Flax says.
@Suite("Attention")
struct AttentionTests {
  private func layer(
    dropoutRate: Double = 0, deterministic: Bool? = false, biasInit: Initializer = .zeros
  ) -> MultiHeadDotProductAttention {
    MultiHeadDotProductAttention(
      8, qkvFeatures: 16, dropoutRate: dropoutRate, deterministic: deterministic, kernelInit: .ones,
      biasInit: biasInit)
  }

  @Test(arguments: [[4, 6, 5], [4, 2, 3, 5]])
  func multiheadSelfAttention(_ shape: [Int]) throws {
    let (y, _) = try layer().initializeWithOutput(Key(0)) { $0(Tensor.ones(Shape(shape))) }
    #expect(y.shape.dimensions == shape)
    #expect(y.dtype == .float32)
  }

  @Test func mhaOutInitializers() throws {
    let layer = MultiHeadDotProductAttention(
      8, qkvFeatures: 16, deterministic: false, kernelInit: .ones, outKernelInit: .zeros,
      biasInit: .zeros, outBiasInit: .ones)
    let params: Variables = try layer.initialize(Key(0)) { $0(Tensor.ones([4, 2, 3, 5])) }["params"]
    for name in ["query", "key", "value"] {
      try expect(params[name]["kernel"], [5, 8, 2], allEqual: 1)
      try expect(params[name]["bias"], [8, 2], allEqual: 0)
    }
    try expect(params["out"]["kernel"], [8, 2, 5], allEqual: 0)
    try expect(params["out"]["bias"], [5], allEqual: 1)
  }

  @Test func multiheadSelfAttentionWithDropout() throws {
    let keys = Key(0).split()
    let (y, _) = try layer(dropoutRate: 0.1)
      .initializeWithOutput(["params": keys[0], "dropout": keys[1]]) {
        $0(Tensor.ones([4, 2, 3, 5]))
      }
    #expect(y.shape == [4, 2, 3, 5])
  }

  @Test func multiheadSelfAttentionExplicitDropout() throws {
    let x = Tensor.ones([4, 2, 3, 5])
    let own = Key(77)
    func model(_ key: Key?) -> Model {
      Model { _, x in
        let a = MultiHeadDotProductAttention(
          8, qkvFeatures: 16, dropoutRate: 0.5, deterministic: false, kernelInit: .ones)
        let b = MultiHeadDotProductAttention(
          8, qkvFeatures: 16, dropoutRate: 0.5, deterministic: false, kernelInit: .ones)
        return stack([a(x, x, dropoutRNG: key), b(x, x, dropoutRNG: key)])
      }
    }
    let variables = try model(nil).initialize(["params": Key(0), "dropout": Key(1)]) { $0(x) }
    func run(_ key: Key?, _ stream: Key?) throws -> (a: Tensor, b: Tensor) {
      let y = try model(key).apply(variables, rngs: stream.map { ["dropout": $0] } ?? [:]) { $0(x) }
      return (y[0], y[1])
    }
    let first = try run(nil, Key(1))
    let again = try run(nil, Key(1))
    let other = try run(nil, Key(2))
    #expect(try !isEqual(first.a, first.b))
    #expect(try isEqual(first.a, again.a) && isEqual(first.b, again.b))
    #expect(try !isEqual(first.a, other.a) && !isEqual(first.b, other.b))
    for stream in [Key(1), nil] {
      let y = try run(own, stream)
      #expect(try isEqual(y.a, y.b))
    }
  }

  @Test func multiheadSelfAttentionDropoutDisabled() throws {
    let x = Random.normal(Key(9), [4, 2, 3, 5])
    let streams: [[String: Key]] = [
      ["params": Key(1), "dropout": Key(2)], ["params": Key(3), "dropout": Key(4)],
    ]
    let variables = try layer(deterministic: true).initialize(streams[0]) { $0(x) }
    let expected = try layer(deterministic: true).apply(variables) { $0(x) }
    for keys in streams {
      try expectEqual(
        try layer(deterministic: true).apply(variables, rngs: keys) { $0(x) }, expected)
      for rate in [0.0, 0.5] {
        let y = try layer(dropoutRate: rate, deterministic: nil).apply(variables, rngs: keys) {
          $0(x, nil, deterministic: true)
        }
        try expectEqual(y, expected)
      }
    }
  }

  @Test func causalMask1D() throws {
    let mask = makeCausalMask(Tensor.ones([3, 16]))
    let expected = (0..<3).flatMap { _ in
      (0..<16).flatMap { row in (0..<16).map { row >= $0 ? 1.0 : 0 } }
    }
    try expect(mask, [3, 1, 16, 16], expected)
  }

  @Test("one position after the other gives what a causal mask gives", arguments: [[5], [6, 5]])
  func decoding(_ spatial: [Int]) throws {
    let x = Random.normal(Key(1), Shape([2] + spatial + [12]))
    func layer(_ decode: Bool) -> MultiHeadDotProductAttention {
      MultiHeadDotProductAttention(
        3, qkvFeatures: 12, deterministic: false, precision: .highest, decode: decode)
    }
    let initial = try layer(true).initialize(Key(2)) { $0(x) }
    let params: Variables = ["params": initial["params"]]
    let mask = makeCausalMask(Tensor.ones(Shape([2] + spatial)))
    let expected = try layer(false).apply(params) { $0(x, nil, mask: mask) }
    var cache: Variables = ["cache": initial["cache"]]
    var outputs: [Tensor] = []
    let axis = spatial.count
    for step in 0..<5 {
      let one = take(x, Tensor([Int32(step)]), axis: axis)
      let (y, updates) = try layer(true).apply(params.merging(cache), mutable: "cache") { $0(one) }
      outputs.append(y)
      cache = updates
    }
    try expectNear(concatenate(outputs, axis: axis), expected, tolerance: 1e-5)
    #expect(try (cache["cache"]["cache_index"] as Tensor).item(as: Int.self) == 5)
  }

  @Test func autoregressiveReceptiveField1D() throws {
    let length = 10
    let x = Random.normal(Key(2), [1, length, 1])
    let layer = MultiHeadDotProductAttention(1, deterministic: false, kernelInit: .ones)
    let variables = try layer.initialize(Key(1)) { $0(x) }
    let mask = makeCausalMask(Tensor.ones([1, length]))
    let slopes = try jacrev { x in
      try layer.apply(variables) { $0(x, nil, mask: mask) }.reshaped(to: [length])
    }(x)
    let values = try slopes.scalars(as: Double.self)
    for (row, column) in (0..<length).flatMap({ row in (0..<length).map { (row, $0) } }) {
      #expect((abs(values[row * length + column]) > 1e-5) == (column <= row))
    }
  }

  @Test func multiheadKVArgs() throws {
    let keys = Key(0).split()
    let query = Random.uniform(keys[0], [3, 5])
    let other = Random.uniform(keys[1], [9, 5])
    let both = try layer().initializeWithOutput(Key(43279)) { $0(query, other, other) }
    let one = try layer().initializeWithOutput(Key(43279)) { $0(query, other) }
    try expectEqual(both.0, one.0)
    try expectEqual(both.1, one.1)
    let text = errorText { _ = try layer().initialize(Key(0)) { $0(query, nil, other) } }
    #expect(text.contains("`inputs_k` cannot be None if `inputs_v` is not None."))
  }

  @Test("values in the shape of a mask are noted")
  func multiheadMaskWarning() throws {
    let x = Random.normal(Key(0), [1, 10, 1])
    let layer = MultiHeadDotProductAttention(1, deterministic: false, kernelInit: .ones)
    let variables = try layer.initialize(Key(1)) { $0(x, x) }
    let mask = makeCausalMask(Tensor.ones([1, 10]))
    let right = try withDiagnostics { try layer.apply(variables) { $0(x, x, mask: mask) } }
    #expect(right.report.diagnostics.isEmpty)
    var text = ""
    let (_, report) = withDiagnostics {
      text = errorText { _ = try layer.apply(variables) { $0(x, x, mask) } }
    }
    #expect(text.contains("expected to generate shape"))
    #expect(report.diagnostics.contains { "\($0)".contains("a mask is passed as mask:") })
  }

  @Test func multiheadSowAttentionWeights() throws {
    func model(_ sowWeights: Bool) -> Model {
      Model { _, x in
        func attention() -> MultiHeadDotProductAttention {
          MultiHeadDotProductAttention(8, qkvFeatures: 16, deterministic: false, kernelInit: .ones)
        }
        let a = attention()(x, nil, sowWeights: sowWeights)
        let b = attention()(a)
        return attention()(b, nil, sowWeights: sowWeights)
      }
    }
    let x = Tensor.ones([4, 6, 5])
    let variables = try model(false).initialize(Key(0)) { $0(x) }
    let (_, updates) = try model(true).apply(variables, mutable: "intermediates") { $0(x) }
    #expect(
      shapes(updates) == [
        "intermediates/MultiHeadDotProductAttention_0/attention_weights/0": [4, 8, 6, 6],
        "intermediates/MultiHeadDotProductAttention_2/attention_weights/0": [4, 8, 6, 6],
      ])
    let (_, none) = try model(false).apply(variables, mutable: "intermediates") { $0(x) }
    #expect(shapes(none).isEmpty)
  }

  @Test func autoregressiveDecodeWithX64() throws {
    try withDefaultPrecision(.x64) {
      let x = Tensor.ones([1, 4, 4], dtype: .float64)
      let layer = MultiHeadDotProductAttention(2, qkvFeatures: 4, decode: true)
      var variables = try layer.initialize(Key(0)) { $0(x, x, x) }
      for step in 0..<2 {
        let (y, updates) = try layer.apply(variables, mutable: "cache") {
          $0(x[0..., slice(step, step + 1)])
        }
        #expect(y.shape == [1, 1, 4])
        variables = variables.merging(updates)
      }
    }
  }

  private let query = Random.uniform(Key(5), [3, 5])
  private let memory = Random.uniform(Key(6), [9, 5])

  @Test func attentionAliasEquivalence() throws {
    let a = try MultiHeadDotProductAttention(
      8, qkvFeatures: 16, deterministic: false, biasInit: .uniform()
    ).initializeWithOutput(Key(1)) { $0(query, memory) }
    let b = try MultiHeadAttention(8, qkvFeatures: 16, deterministic: false, biasInit: .uniform())
      .initializeWithOutput(Key(1)) { $0(query, memory, memory) }
    try expectEqual(a.0, b.0)
    try expectEqual(a.1, b.1)
  }

  @Test("another class, another automatic name, and so other numbers")
  func attentionAliasSubmodule() throws {
    let memory = memory
    let long = Model { _, x in
      MultiHeadDotProductAttention(8, qkvFeatures: 16, biasInit: .uniform())(x, memory)
    }
    func short(_ name: String?) -> Model {
      Model { _, x in
        MultiHeadAttention(8, qkvFeatures: 16, biasInit: .uniform(), name: name)(x, memory)
      }
    }
    let (a, first) = try long.initializeWithOutput(Key(1)) { $0(query) }
    let (b, second) = try short(nil).initializeWithOutput(Key(1)) { $0(query) }
    #expect(try !isEqual(a, b))
    let own: Variables = first["params"]["MultiHeadDotProductAttention_0"]
    let others: Variables = second["params"]["MultiHeadAttention_0"]
    for (x, y) in zip(treeLeaves(own), treeLeaves(others)) { #expect(try !isEqual(x, y)) }
    let renamed: Variables = ["params": ["MultiHeadAttention_0": own]]
    try expectEqual(try short(nil).apply(renamed) { $0(query) }, a)
    let (c, third) = try short("MultiHeadDotProductAttention_0")
      .initializeWithOutput(Key(1)) { $0(query) }
    try expectEqual(c, a)
    try expectEqual(third, first)
  }

  @Test(arguments: [true, false])
  func mixedPrecisionMultiheadAttention(_ forceFloat32: Bool) throws {
    let x = Random.uniform(Key(1), [2, 4])
    let layer = MultiHeadDotProductAttention(
      2, dtype: .bfloat16, qkvFeatures: 4, deterministic: false, biasInit: .uniform(),
      forceFp32ForSoftmax: forceFloat32)
    let variables = try layer.initialize(Key(0)) { $0(x) }
    let (_, updates) = try layer.apply(variables, mutable: "intermediates") {
      $0(x, nil, sowWeights: true)
    }
    #expect(
      treeLeaves(updates).map(\.dtype) == [forceFloat32 ? .float32 : .bfloat16])
  }

  private static let einsumOfTwo: EinsumFunction = { equation, a, b, _ in einsum(equation, a, b) }

  @Test(arguments: [true, false])
  func dotProductAttentionPrecisionAndEinsumOverride(_ hasPrecision: Bool) {
    let ones = Tensor.ones([1, 4, 2])
    var inputs = AttentionInputs(query: ones, key: ones, value: ones)
    if hasPrecision { inputs.precision = .default }
    if !hasPrecision {
      inputs.einsumDotGeneral = { a, b, axes, _ in
        dotGeneral(a, b, contracting: (axes.lhsContracting, axes.rhsContracting))
      }
    }
    inputs.qkAttnWeightsEinsum = Self.einsumOfTwo
    inputs.attnWeightsValueEinsum = Self.einsumOfTwo
    let wrong = inputs
    #expect(
      errorText { _ = try withErrors { dotProductAttention(wrong) } }.contains(
        "are mutually exclusive. Please specify only one of them."))
  }

  @Test(arguments: [true, false])
  func dotProductAttentionSpecifyEinsumsTogether(_ isFirst: Bool) {
    let ones = Tensor.ones([1, 4, 2])
    var inputs = AttentionInputs(query: ones, key: ones, value: ones)
    if isFirst { inputs.qkAttnWeightsEinsum = Self.einsumOfTwo }
    if !isFirst { inputs.attnWeightsValueEinsum = Self.einsumOfTwo }
    let wrong = inputs
    #expect(
      errorText { _ = try withErrors { dotProductAttention(wrong) } }.contains(
        "must be specified together."))
  }

  @Test("functions in the place of the einsums and their product")
  func einsumInjection() throws {
    let q = Random.normal(Key(1), [2, 3, 2, 4])
    let k = Random.normal(Key(2), [2, 5, 2, 4])
    let expected = dotProductAttention(q, k, k)
    var inputs = AttentionInputs(query: q, key: k, value: k)
    inputs.einsumDotGeneral = { a, b, axes, _ in
      dotGeneral(
        a, b, contracting: (axes.lhsContracting, axes.rhsContracting),
        batch: (axes.lhsBatch, axes.rhsBatch))
    }
    try expectNear(dotProductAttention(inputs), expected)
    inputs.einsumDotGeneral = nil
    inputs.qkAttnWeightsEinsum = Self.einsumOfTwo
    inputs.attnWeightsValueEinsum = { equation, a, b, _ in einsum(equation, a, b) * 2 }
    try expectNear(dotProductAttention(inputs), expected * 2)
    let layer = MultiHeadDotProductAttention(
      2, qkAttnWeightsEinsumCls: { ScaledEinsum() }, attnWeightsValueEinsumCls: { ScaledEinsum() })
    let paths = shapes(try layer.initialize(Key(0)) { $0(Tensor.ones([3, 4])) }).keys
    #expect(paths.contains("scales/ScaledEinsum_0/factor"))
    #expect(paths.contains("scales/ScaledEinsum_1/factor"))
  }
}

private final class ScaledEinsum: Module, EinsumModule, @unchecked Sendable {
  func callAsFunction(
    _ equation: String, _ lhs: Tensor, _ rhs: Tensor, precision: Precision?
  ) -> Tensor {
    compact(lhs, rhs) { lhs, rhs in
      let factor = variable("scales", "factor") { Tensor(1.0, dtype: .float32) }
      return einsum(equation, lhs, rhs) * factor.value
    }
  }
}
