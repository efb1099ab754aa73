import Linen
import Testing

/// A layer that is told of training by a flag, which is a constant, or by a tensor.
private final class Flagged: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor, train: Bool) -> Tensor {
    compact(x) { x in remat()(self, x) { _, x in Dense(3, useBias: false)(train ? x : -x) } }
  }

  func callAsFunction(_ x: Tensor, train: Tensor) -> Tensor {
    compact(x, train) { x, train in
      remat()(self, x, train) { _, x, train in
        // Inside the flag has no value.
        #expect(train.array == nil)
        return Dense(3, useBias: false)(which(train, x, -x))
      }
    }
  }
}

private final class ConditionalReLU: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor, applyReLU: Bool = false) -> Tensor {
    method(x) { x in applyReLU ? relu(x) : x }
  }
}

/// Counts the calls of setup and of its method.
private final class SetupCounter: Module, UnaryLayer, @unchecked Sendable {
  let setups: TraceCounter
  let calls: TraceCounter
  @Setup var dense: Dense

  init(_ setups: TraceCounter, _ calls: TraceCounter) {
    self.setups = setups
    self.calls = calls
    super.init()
  }

  override func setup() {
    setups.add()
    dense = Dense(2, useBias: false)
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    method(x) { x in
      remat()(self, x) { module, x in
        module.calls.add()
        return module.dense(x)
      }
    }
  }

  func again(_ x: Tensor) -> Tensor {
    method(x) { x in remat()(self, x) { $0.dense($1) } }
  }
}

/// Four modules that `make` makes, one after the other.
private final class Repeat: Module, UnaryLayer, @unchecked Sendable {
  let make: () -> any UnaryLayer
  @Setup var layers: [Module]

  init(_ make: @escaping () -> any UnaryLayer) {
    self.make = make
    super.init()
  }

  override func setup() { layers = (0..<4).map { _ in make() } }

  func callAsFunction(_ x: Tensor) -> Tensor {
    method(x) { x in
      remat()(self, x) { module, x in
        for layer in module.layers { _ = (layer as? any UnaryLayer)?(x) }
        return x
      }
    }
  }
}

private final class TwoMethods: Module, @unchecked Sendable {
  let setups: TraceCounter
  @Setup var a: SetupCounter

  init(_ setups: TraceCounter) {
    self.setups = setups
    super.init()
  }

  override func setup() { a = SetupCounter(setups, TraceCounter()) }

  func callAsFunction(_ x: Tensor) -> (Tensor, Tensor) {
    method(x) { x in
      let y = a(x)
      return (y, a.again(x))
    }
  }
}

@Suite("Lifted remat, from Flax's tests") struct RematTransformTests {
  @Test func rematOfLayers() throws { try TransformedMLPs.rematerialized.checkClass() }

  @Test func rematOfAMethod() throws { try TransformedMLPs.rematerialized.checkMethod() }

  /// Flax skips its test, as it fails there.
  @Test func rematOfAFlagThatIsCaptured() throws {
    let x = -Tensor.ones([4, 4])
    let model = remat { ConditionalReLU() }
    let variables = try model.initialize(Key(0)) { $0(x) { $0($1) } }
    let y = try model.apply(variables) { $0(x) { $0($1, applyReLU: true) } }
    try expectEqual(y, zeros(like: x))
    let gradient = try grad(x) { x in
      sum(try model.apply(variables) { $0(x) { $0($1, applyReLU: true) } })
    }
    try expectEqual(gradient, zeros(like: x))
  }

  @Test func rematOfAStaticFlag() throws {
    let x = Tensor.ones([1, 2])
    let variables = try Flagged().initialize(Key(0)) { $0(x, train: true) }
    let y = try Flagged().apply(variables) { $0(x, train: false) }
    #expect(y.shape == [1, 3])
    try expectEqual(y, -(try Flagged().apply(variables) { $0(x, train: true) }))
  }

  @Test func rematOfATracedFlag() throws {
    let x = Tensor.ones([1, 2])
    let variables = try Flagged().initialize(Key(0)) { $0(x, train: Tensor(true)) }
    let y = try Flagged().apply(variables) { $0(x, train: Tensor(false)) }
    #expect(y.shape == [1, 3])
    try expectEqual(y, -(try Flagged().apply(variables) { $0(x, train: Tensor(true)) }))
  }

  @Test func rematScanOfAHundredLayers() throws {
    let x = Random.normal(Key(13), [2, 8])
    let model = Lifting { _, x in rematScan(lengths: [100], name: "dense_stack") { Dense(8) }(x) }
    let variables = try model.initialize(Key(0)) { $0(x) }
    #expect(
      variables.shapesDescription
        == "{'params': {'dense_stack': {'bias': (100, 8), 'kernel': (100, 8, 8)}}}")
    try expect(variables, "remat_scan_100", "vars", exactly: true)
    try expect(try model.apply(variables) { $0(x) }, "remat_scan_100", "out")
  }

  /// A module is set up outside and inside of a transform; in Flax it is by a check before, too.
  @Test func setupRunsOnceOnEachSideOfATransform() throws {
    let (setups, calls) = (TraceCounter(), TraceCounter())
    let make: () -> any UnaryLayer = { SetupCounter(setups, calls) }
    let model = Repeat { Repeat { Repeat(make) } }
    _ = try model.initialize(Key(0)) { $0(Tensor.ones([2])) }
    #expect(calls.value == 64)
    #expect(setups.value == 128)
  }

  @Test func setupRunsOnceForSeveralMethods() throws {
    let setups = TraceCounter()
    let model = TwoMethods(setups)
    let ((a, b), _) = try model.initializeWithOutput(Key(0)) { $0(Tensor.ones([2])) }
    try expectEqual(a, b)
    // Once outside, and inside of each of the two transforms; Flax has one more for its check.
    #expect(setups.value == 3)
  }
}
