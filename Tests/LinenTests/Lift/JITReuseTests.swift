import Linen
import Synchronization
import Testing

/// A module that counts its traces; compiled as a whole, or by its method.
private final class Counted: Module, UnaryLayer, @unchecked Sendable {
  let key: Int
  let counter: TraceCounter
  let layer: Dense?

  init(_ key: Int, _ counter: TraceCounter, layer: Dense? = nil) {
    self.key = key
    self.counter = counter
    self.layer = layer
    super.init()
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    method(x) { x in
      counter.add()
      return x
    }
  }

  func compiled(_ x: Tensor) -> Tensor {
    method(x) { x in
      jit()(self, x, static: 0) { module, x in
        module.counter.add()
        return x
      }
    }
  }
}

/// A counter in the variables, counted up by calls after initialization.
private final class Stateful: Module, UnaryLayer, @unchecked Sendable {
  let counter: TraceCounter

  init(_ counter: TraceCounter) {
    self.counter = counter
    super.init()
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      count(x)
    }
  }

  func compiled(_ x: Tensor) -> Tensor {
    compact(x) { x in jit()(self, x, static: 0) { $0.count($1) } }
  }

  private func count(_ x: Tensor) -> Tensor {
    counter.add()
    let count = variable("counts", "count") { Tensor(Int32(0)) }
    if !isInitializing { count.value += 1 }
    return x
  }
}

private final class Holding: Module, UnaryLayer, @unchecked Sendable {
  let submodules: [Counted]
  let counter: TraceCounter

  init(_ keys: [Int], _ counter: TraceCounter) {
    submodules = keys.map { Counted($0, TraceCounter.idle) }
    self.counter = counter
    super.init()
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in through(x) }
  }

  func compiled(_ x: Tensor) -> Tensor {
    compact(x) { x in jit()(self, x, static: 0) { $0.through($1) } }
  }

  private func through(_ x: Tensor) -> Tensor {
    counter.add()
    return submodules.reduce(x) { $1($0) }
  }
}

extension TraceCounter {
  /// One for modules whose traces don't matter.
  fileprivate static let idle = TraceCounter()
}

private final class Recursive: Module, @unchecked Sendable {
  let counter: TraceCounter

  init(_ counter: TraceCounter) {
    self.counter = counter
    super.init()
  }

  func callAsFunction(_ x: Tensor, recurseOnce: Bool = true) -> Tensor {
    method(x) { x in
      jit()(self, x, static: recurseOnce) { module, x in
        module.counter.add()
        return (recurseOnce ? module(x, recurseOnce: false) : x) + 1
      }
    }
  }
}

/// A struct that can't be compared itself, unlike its parts.
private struct Node {
  var a: Float
}

private final class WithNode: Module, UnaryLayer, @unchecked Sendable {
  let node: Node
  let counter: TraceCounter

  init(_ node: Node, _ counter: TraceCounter) {
    self.node = node
    self.counter = counter
    super.init()
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      jit()(self, x, static: 0) { module, x in
        module.counter.add()
        return module.node.a + Dense(2)(x)
      }
    }
  }
}

private let features = 4

private final class Block: Module, @unchecked Sendable {
  let counter: TraceCounter
  @Setup var dense: Dense

  init(_ counter: TraceCounter) {
    self.counter = counter
    super.init()
  }

  override func setup() { dense = Dense(features, useBias: false) }

  func callAsFunction(_ x: Tensor) -> Tensor {
    method(x) { x in
      jit()(self, x, static: 0) { module, x in
        module.counter.add()
        return module.dense(x)
      }
    }
  }
}

private final class BlockSequence: Module, @unchecked Sendable {
  let counter: TraceCounter
  let ofBlocks: TraceCounter
  @Setup var blocks: [Block]

  init(_ counter: TraceCounter, _ ofBlocks: TraceCounter) {
    self.counter = counter
    self.ofBlocks = ofBlocks
    super.init()
  }

  override func setup() { blocks = (0..<4).map { _ in Block(ofBlocks) } }

  func callAsFunction(_ carry: Tensor) -> Tensor {
    method(carry) { carry in
      jit()(self, carry, static: 0) { module, carry in
        module.counter.add()
        return module.blocks.reduce(carry) { $1($0) }
      }
    }
  }
}

@Suite("What lifted jit compiles once, from Flax's tests") struct JITReuseTests {
  let x = Tensor(1.0)

  /// Flax compares modules by what they print; here by classes and properties.
  @Test func jitOfEqualConfigurations() throws {
    let counter = TraceCounter()
    func run(_ features: Int) throws {
      _ = try jit { Counted(0, counter, layer: Dense(features)) }.apply([:]) { $0(x) }
    }
    try run(10)
    try run(10)
    #expect(counter.value == 1)
    try run(20)
    try run(20)
    #expect(counter.value == 2)
  }

  @Test func jitReuse() throws {
    let model = Counted(0, TraceCounter())
    _ = try model.apply([:]) { $0.compiled(x) }
    _ = try model.apply([:]) { $0.compiled(x) }
    #expect(model.counter.value == 1)
  }

  @Test func jitRecursive() throws {
    let model = Recursive(TraceCounter())
    for _ in 0..<2 {
      #expect(try model.apply([:]) { $0(x) }.item() == 3)
      #expect(model.counter.value == 2)
    }
  }

  @Test(arguments: [true, false]) func jitReuseOfEqualModules(_ ofClass: Bool) throws {
    let counter = TraceCounter()
    for (key, traces) in [(1, 1), (1, 1), (2, 2), (2, 2)] {
      if ofClass {
        _ = try jit { Counted(key, counter) }.apply([:]) { $0(x) }
      } else {
        _ = try Counted(key, counter).apply([:]) { $0.compiled(x) }
      }
      #expect(counter.value == traces)
    }
  }

  @Test(arguments: [true, false]) func jitReuseOfSubmodules(_ ofClass: Bool) throws {
    let counter = TraceCounter()
    let model = Lifting { _, x in
      for i in 0..<3 {
        if ofClass {
          let layer = jit { Counted(i, counter) }
          _ = layer(x)
          #expect(layer.name == "JitCounted_\(i)")
        } else {
          let layer = Counted(i, counter)
          _ = layer.compiled(x)
          #expect(layer.name == "Counted_\(i)")
        }
        #expect(counter.value == i + 1)
      }
      return x
    }
    _ = try model.apply([:]) { $0(x) }
  }

  @Test(arguments: [true, false]) func jitOfStatefulSubmodules(_ ofClass: Bool) throws {
    let counter = TraceCounter()
    let model = Lifting { _, x in
      (0..<3).reduce(x) { x, _ in
        ofClass ? jit { Stateful(counter) }(x) : Stateful(counter).compiled(x)
      }
    }
    var variables = try model.initialize(Key(0)) { $0(x) }
    #expect(counter.value == 1)
    for count in 1...2 {
      variables = try model.apply(variables, mutable: ["counts"]) { $0(x) }.variables
      #expect(counter.value == 2)
      for leaf in treeLeaves(variables) { #expect(try leaf.item() == Float(count)) }
    }
  }

  @Test(arguments: [true, false]) func jitReuseOfNestedSubmodules(_ ofClass: Bool) throws {
    let counter = TraceCounter()
    for (keys, traces) in [([1, 2], 1), ([1, 2], 1), ([3, 4], 2), ([3, 4], 2)] {
      if ofClass {
        _ = try jit { Holding(keys, counter) }.apply([:]) { $0(x) }
      } else {
        _ = try Holding(keys, counter).apply([:]) { $0.compiled(x) }
      }
      #expect(counter.value == traces)
    }
  }

  @Test func jitComparesTheirParts() throws {
    let counter = TraceCounter()
    let x = Tensor.ones([2, 2])
    for _ in 0..<2 {
      _ = try WithNode(Node(a: 1), counter).initializeWithOutput(Key(0)) { $0(x) }
      #expect(counter.value == 1)
    }
  }

  @Test("two traces where scan checks what is constant, else one", arguments: [true, false])
  func jitInScanRetracing(_ isRetracing: Bool) throws {
    let (outer, inner) = (TraceCounter(), TraceCounter())
    let model = scan(
      variableAxes: ["params": 0], splitRNGs: ["params": false], length: 4,
      checkConstancyInvariants: isRetracing
    ) { BlockSequence(outer, inner) }
    let x = Tensor.ones([4, 4])
    _ = try model.initialize(Key(0)) {
      $0(zeros(like: x), x) { module, carry, x in (module(carry), x) }
    }
    #expect(outer.value == (isRetracing ? 2 : 1))
    #expect(inner.value == (isRetracing ? 2 : 1))
  }
}
