import Linen
import Testing

/// As tests/linen/linen_recurrent_test.py of Flax says of RNN.
@Suite("RNN")
struct RNNTests {
  /// Checks the parameters of an LSTM from 5 to 15 features.
  private func checkParameters(_ variables: Variables) {
    let params = shapes(variables["params"]["cell"])
    #expect(params.count == 12)
    for (path, shape) in params {
      #expect(
        path.hasSuffix("bias") ? shape == [15] : [5, 15].contains(shape[0]) && shape[1] == 15)
    }
  }

  @Test(
    "shapes of outputs and carries",
    arguments: [([10], 1, false), ([4, 3], 1, false), ([10], 10, false), ([10], 1, true)])
  func rnnBasicForward(_ batch: [Int], _ unroll: Int, _ timeMajor: Bool) throws {
    let rnn = RNN(LSTMCell(15), timeMajor: timeMajor, unroll: unroll)
    let sizes = timeMajor ? [40] + batch : batch + [40]
    let x = Tensor.ones(Shape(sizes + [5]))
    let variables = try rnn.initialize(Key(0)) { $0(x) }
    let (carry, y) = try rnn.apply(variables) { $0.withCarry(x) }
    #expect(y.shape.dimensions == sizes + [15])
    for leaf in treeLeaves(carry) {
      #expect(leaf.shape.dimensions == batch + [15])
      #expect(try leaf.scalars(as: Float.self).contains { abs($0) > 1e-3 })
    }
    checkParameters(variables)
  }

  @Test("steps taken together change no result")
  func rnnUnroll() throws {
    let x = Random.normal(Key(1), [2, 7, 3])
    let variables = try RNN(GRUCell(4)).initialize(Key(0)) { $0(x) }
    let one = try RNN(GRUCell(4)).apply(variables) { $0(x) }
    try expectEqual(try RNN(GRUCell(4), unroll: 3).apply(variables) { $0(x) }, one)
  }

  @Test func rnnWithSpatialDimensions() throws {
    let rnn = RNN(ConvLSTMCell(4, [3, 3]))
    let x = Tensor.ones([2, 5, 8, 8, 3])
    let variables = try rnn.initialize(Key(0)) { $0(x) }
    let (carry, y) = try rnn.apply(variables) { $0.withCarry(x) }
    #expect(y.shape == [2, 5, 8, 8, 4])
    #expect(treeLeaves(carry).allSatisfy { $0.shape == [2, 8, 8, 4] })
    #expect(
      shapes(variables["params"]["cell"]) == [
        "ih/kernel": [3, 3, 3, 16], "ih/bias": [16], "hh/kernel": [3, 3, 4, 16], "hh/bias": [16],
      ])
  }

  /// The outputs and carries after each step, computed by the cell alone; `order` are the steps.
  private func stepped(
    _ cell: LSTMCell, _ params: Variables, _ x: Tensor, _ order: some Sequence<Int>
  ) throws -> (carries: [LSTMCarry], outputs: [Tensor]) {
    var carry = cell.initializeCarry(Key(0), x[..., 0, slice(nil, nil)].shape)
    var result: (carries: [LSTMCarry], outputs: [Tensor]) = ([], [])
    for step in order {
      let current = carry
      let (next, y) = try cell.apply(["params": params]) {
        let (next, y) = $0(current, x[..., step, slice(nil, nil)])
        return (next, y)
      }
      carry = next
      result.carries.append(next)
      result.outputs.append(y)
    }
    return result
  }

  private let cell = LSTMCell(6)
  private let x = Random.normal(Key(5), [3, 4, 5])

  @Test("a loop over steps, of the batch and of its members")
  func numericalEquivalence() throws {
    let rnn = RNN(cell)
    let ((carry, y), variables) = try rnn.initializeWithOutput(Key(0)) { $0.withCarry(x) }
    let params: Variables = variables["params"]["cell"]
    let whole = try stepped(cell, params, x, 0..<4)
    try expectNear(stack(whole.outputs, axis: 1), y)
    try expectNear(whole.carries[3].c, carry.c)
    for member in 0..<3 {
      let alone = try stepped(cell, params, x[slice(member, member + 1)], 0..<4)
      try expectNear(stack(alone.outputs, axis: 1), y[slice(member, member + 1)])
    }
  }

  @Test func numericalEquivalenceWithMask() throws {
    let lengths = Random.randint(Key(0), [3], 1, 5)
    let ((carry, y), variables) = try RNN(cell).initializeWithOutput(Key(0)) {
      $0.withCarry(x, seqLengths: lengths)
    }
    let whole = try stepped(cell, variables["params"]["cell"], x, 0..<4)
    try expectNear(stack(whole.outputs, axis: 1), y)
    for (member, length) in try lengths.scalars(as: Int.self).enumerated() {
      try expectNear(carry.c[member], whole.carries[length - 1].c[member])
      try expectNear(carry.h[member], whole.carries[length - 1].h[member])
    }
  }

  @Test func numericalEquivalenceNNScan() throws {
    let loop = scan(
      variableBroadcast: "params", splitRNGs: ["params": false], inAxes: 1, outAxes: 1
    ) { LSTMCell(6) }
    let start = cell.initializeCarry(Key(0), [3, 5])
    let (result, variables) = try loop.initializeWithOutput(Key(0)) { loop in
      let (carry, y) = loop(start, x)
      return [carry.c, y]
    }
    let whole = try stepped(cell, variables["params"], x, 0..<4)
    try expectNear(stack(whole.outputs, axis: 1), result[1], tolerance: 1e-5)
    try expectNear(whole.carries[3].c, result[0], tolerance: 1e-5)
  }

  @Test func numericalEquivalenceJAXScan() throws {
    let start = cell.initializeCarry(Key(0), [3, 5])
    let variables = try cell.initialize(Key(0)) { $0(start, x[0..., 0]).output }
    let (last, outputs) = try Autodiff::scan(start, moveAxis(x, 1, to: 0)) { carry, x in
      try cell.apply(variables) {
        let (next, y) = $0(carry, x)
        return (next, y)
      }
    }
    let whole = try stepped(cell, variables["params"], x, 0..<4)
    try expectNear(stack(whole.outputs, axis: 0), outputs, tolerance: 1e-5)
    try expectNear(whole.carries[3].h, last.h, tolerance: 1e-5)
  }

  @Test(arguments: [true, false])
  func reverse(_ keepOrder: Bool) throws {
    let rnn = RNN(cell, reverse: true, keepOrder: keepOrder)
    let ((carry, y), variables) = try rnn.initializeWithOutput(Key(0)) { $0.withCarry(x) }
    let back = try stepped(cell, variables["params"]["cell"], x, (0..<4).reversed())
    let outputs = keepOrder ? back.outputs.reversed() : back.outputs
    try expectNear(stack(Array(outputs), axis: 1), y, tolerance: 1e-5)
    try expectNear(back.carries[3].c, carry.c, tolerance: 1e-5)
  }

  @Test func basicSeqLengths() throws {
    let x = Tensor.ones([2, 10, 6])
    let rnn = RNN(LSTMCell(265))
    let variables = try rnn.initialize(Key(0)) { $0(x) }
    let y = try rnn.apply(variables) { $0(x, seqLengths: Tensor([5, 5] as [Int32])) }
    #expect(y.shape == [2, 10, 265])
  }

  @Test("options of a call come before those of the layer")
  func callOptions() throws {
    let rnn = RNN(cell)
    let variables = try rnn.initialize(Key(0)) { $0(x) }
    var options = RNN<LSTMCell>.Options()
    options.timeMajor = true
    options.reverse = true
    options.keepOrder = true
    let y = try rnn.apply(variables) { $0.withCarry(moveAxis(x, 1, to: 0), options).outputs }
    let expected = try RNN(cell, reverse: true, keepOrder: true).apply(variables) { $0(x) }
    try expectNear(moveAxis(y, 0, to: 1), expected)
  }

  @Test("collections and streams of the cell: kept from step to step, and drawn anew")
  func variableAxes() throws {
    let x = Tensor.ones([1, 4, 1])
    let counting = RNN(
      NoisyCell(), variableAxes: ["noise": 1], variableCarry: "counts",
      splitRNGs: ["params": false, "dropout": true])
    let start: Variables = ["counts": ["cell": ["steps": Variables(Tensor(0.0))]]]
    let (y, updates) = try counting.apply(
      start, rngs: ["dropout": Key(1)], mutable: ["counts", "noise"]
    ) { $0(x) }
    #expect(try (updates["counts"]["cell"]["steps"] as Tensor).item(as: Int.self) == 4)
    let noise: Tensor = updates["noise"]["cell"]["drawn"]
    #expect(noise.shape == [1, 4])
    #expect(Set(try noise.scalars(as: Float.self)).count == 4)
    #expect(y.shape == [1, 4, 1])
    let alike = RNN(
      NoisyCell(), variableAxes: ["noise": 1], variableCarry: "counts",
      splitRNGs: ["params": false, "dropout": false])
    let (_, same) = try alike.apply(
      start, rngs: ["dropout": Key(1)], mutable: ["counts", "noise"]
    ) { $0(x) }
    #expect(
      Set(try (same["noise"]["cell"]["drawn"] as Tensor).scalars(as: Float.self)).count == 1)
  }

  @Test("too few axes, and lengths of another shape")
  func mistakes() {
    let rnn = RNN(GRUCell(2))
    #expect(
      errorText { _ = try rnn.initialize(Key(0)) { $0(Tensor.ones([3])) } }.contains(
        "time, 1 axes of features, and any batch axes"))
    let text = errorText {
      _ = try rnn.initialize(Key(0)) { $0(Tensor.ones([2, 3, 4]), seqLengths: Tensor([1, 2, 3])) }
    }
    #expect(text.contains("seqLengths must have the shape of the batch"))
    #expect(text.contains("f32[2,3,4]"))
  }
}

/// A cell that counts its steps and draws a number in each.
private final class NoisyCell: Module, RNNCell, @unchecked Sendable {
  func callAsFunction(
    _ carry: Tensor, _ inputs: Tensor
  ) -> (carry: Tensor, output: Tensor) {
    compact(carry, inputs) { carry, inputs in
      let steps = variable("counts", "steps") { Tensor(0.0) }
      steps.value = steps.value + 1
      let drawn = variable("noise", "drawn") { Tensor.zeros([1]) }
      drawn.value = Random.uniform(makeRNG("dropout"), [1])
      return (carry, inputs)
    }
  }

  func initializeCarry(_ key: Key, _ inputShape: Shape) -> Tensor { Tensor.zeros([]) }
}

/// As tests/linen/linen_recurrent_test.py of Flax says of flip_sequences.
@Suite("Flipped sequences")
struct FlipSequencesTests {
  private let lengths = Tensor([4, 2] as [Int32])

  private func expectFlipped(_ x: Tensor, _ flipped: Tensor) throws {
    #expect(flipped.shape == x.shape)
    for (member, length) in [4, 2].enumerated() {
      let (a, b) = (flipped[member], x[member])
      try expectEqual(a[slice(0, length)], flip(b[slice(0, length)], axes: [0]))
    }
  }

  @Test func flipSequence() throws {
    let x = arange(10).reshaped(to: [2, 5])
    try expectFlipped(x, flipSequences(x, lengths))
  }

  @Test func flipSequenceMoreFeatureDims() throws {
    let x = arange(30).reshaped(to: [2, 5, 3])
    try expectFlipped(x, flipSequences(x, lengths))
  }

  @Test(arguments: [[5, 2], [5, 2, 3]])
  func flipSequenceTimeMajor(_ shape: [Int]) throws {
    let x = arange(shape.reduce(1, *)).reshaped(to: Shape(shape))
    let flipped = flipSequences(x, lengths, timeMajor: true)
    try expectFlipped(swapAxes(x, 0, 1), swapAxes(flipped, 0, 1))
  }

  @Test func withoutLengths() throws {
    let x = arange(6).reshaped(to: [2, 3])
    try expectEqual(flipSequences(x, nil), flip(x, axes: [1]))
  }
}

/// As tests/linen/linen_recurrent_test.py of Flax says of Bidirectional.
@Suite("Bidirectional")
struct BidirectionalTests {
  private let x = Random.normal(Key(2), [3, 4, 5])

  @Test func bidirectional() throws {
    let layer = Bidirectional(RNN(LSTMCell(6)), RNN(LSTMCell(6)))
    let (y, variables) = try layer.initializeWithOutput(Key(0)) { $0(x) }
    #expect(y.shape == [3, 4, 12])
    #expect(Set((variables["params"] as Variables).keys) == ["forward_rnn", "backward_rnn"])
  }

  @Test("one cell in both, whose parameters are those of the first")
  func sharedCell() throws {
    let cell = LSTMCell(6)
    let layer = Bidirectional(RNN(cell), RNN(cell))
    let (y, variables) = try layer.initializeWithOutput(Key(0)) { $0(x) }
    #expect(y.shape == [3, 4, 12])
    #expect(Set((variables["params"] as Variables).keys) == ["forward_rnn"])
    let forward: Variables = variables["params"]["forward_rnn"]
    let back = try RNN(LSTMCell(6), reverse: true, keepOrder: true)
      .apply(["params": forward]) { $0(x) }
    try expectNear(y[0..., 0..., slice(6, nil)], back)
  }

  /// By flax.linen.Bidirectional of two RNN(SimpleCell(2, carry_init=normal(1.0))) with
  /// jax_threefry_partitionable off, on arange(6).reshape(1, 3, 2) / 4, initialized with key(0).
  @Test("carries drawn in the original layout of keys")
  func originalLayout() throws {
    func rnn() -> RNN<SimpleCell> { RNN(SimpleCell(2, carryInit: .normal(stddev: 1))) }
    let layer = Bidirectional(rnn(), rnn())
    let x = arange(6, dtype: .float32).reshaped(to: [1, 3, 2]) / 4
    let key = Key(0, layout: .original)
    let (y, variables) = try layer.initializeWithOutput(key) { $0(x) }
    let expected = [
      0.3275386393070221, -0.8456804156303406, 0.7429370880126953, -0.8248311877250671,
      0.5283917188644409, 0.4993714690208435, 0.9118222594261169, -0.9473904967308044,
      0.980579674243927, -0.44566604495048523, 0.8377370238304138, -0.6241790652275085,
    ]
    try expectScalars(y, expected)
    try expectScalars(try layer.apply(variables, rngs: key) { $0(x) }, expected)
    try expectScalars(
      try layer.apply(variables) { $0.withCarry(x, layout: .original).outputs }, expected)
    try expectScalars(
      try layer.apply(variables) { layer in
        layer.withCarry(x, initKey: Key(3, layout: .original)).outputs
      },
      [
        -0.4729953110218048, -0.06436026096343994, 0.7477802038192749, -0.8373486995697021,
        0.5086976885795593, -0.5152339339256287, 0.9501574039459229, -0.9643756747245789,
        0.9200730919837952, 0.228789284825325, 0.9893258810043335, -0.9464476108551025,
      ])
    // With the flag on, and the same parameters.
    try expectScalars(
      try layer.apply(variables) { $0(x) },
      [
        0.9937065243721008, -0.37585973739624023, 0.5593188405036926, -0.8272251486778259,
        0.8837803602218628, 0.5900262594223022, 0.9691987037658691, -0.6272422671318054,
        0.9896636009216309, -0.28752219676971436, -0.3014287054538727, -0.9943273663520813,
      ])
    let (first, _) = try rnn().initializeWithOutput(key) { $0(x) }
    try expectScalars(
      first,
      [
        0.18937109410762787, -0.897159218788147, -0.32068419456481934, 0.28473225235939026,
        0.07368049025535583, -0.8047527074813843,
      ])
  }

  @Test func customMergeFn() throws {
    let layer = Bidirectional(
      RNN(LSTMCell(6)), RNN(LSTMCell(6)), mergeFn: MergeFunction { $0 + $1 })
    #expect(try layer.initializeWithOutput(Key(0)) { $0(x) }.0.shape == [3, 4, 6])
  }

  @Test func returnCarry() throws {
    let layer = Bidirectional(RNN(LSTMCell(6)), RNN(LSTMCell(6)))
    let ((carry, y), _) = try layer.initializeWithOutput(Key(0)) { $0.withCarry(x) }
    #expect(y.shape == [3, 4, 12])
    #expect((treeLeaves(carry.0) + treeLeaves(carry.1)).allSatisfy { $0.shape == [3, 6] })
  }
}
