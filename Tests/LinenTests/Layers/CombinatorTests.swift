import Linen
import Testing

private final class MLP: Module, @unchecked Sendable {
  let sizes: [Int]
  let activation: @Sendable (Tensor) -> Tensor
  let last: @Sendable (Tensor) -> Tensor

  init(
    _ sizes: [Int], activation: @escaping @Sendable (Tensor) -> Tensor = { $0 },
    last: @escaping @Sendable (Tensor) -> Tensor = { $0 }
  ) {
    self.sizes = sizes
    self.activation = activation
    self.last = last
    super.init()
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      let hidden = sizes.dropLast().reduce(x) { activation(Dense($1, kernelInit: .ones)($0)) }
      return last(Dense(sizes.last ?? 1, kernelInit: .ones)(hidden))
    }
  }
}

/// Attention that passes the keys on.
private final class AttentionTuple: Module, TupleLayer, @unchecked Sendable {
  func callAsFunction(_ inputs: [Tensor]) -> [Tensor] {
    compact(inputs) { inputs in
      [MultiHeadDotProductAttention(2, qkvFeatures: 16)(inputs[0], inputs[1]), inputs[1]]
    }
  }
}

/// As tests/linen/linen_combinators_test.py of Flax says of Sequential.
@Suite("Sequential")
struct CombinatorTests {
  private let x = Random.uniform(Key(1), [3, 5])

  @Test func construction() throws {
    let layer = Sequential([Dense(4), Dense(2)])
    let x = Random.uniform(Key(0), [3, 1, 5])
    let (y, variables) = try layer.initializeWithOutput(Key(1)) { $0(x) }
    #expect(y.shape == [3, 1, 2])
    #expect(Set((variables["params"] as Variables).keys) == ["layers_0", "layers_1"])
  }

  @Test func failsIfLayersEmpty() {
    let layer = Sequential([Sequential.Part]())
    #expect(
      errorText { _ = try layer.initialize(Key(42)) { $0(Tensor.ones([3, 5])) } }.contains(
        "Empty Sequential module"))
  }

  @Test func sameOutputAsMLP() throws {
    let layer = Sequential {
      Dense(4, kernelInit: .ones)
      Dense(8, kernelInit: .ones)
      Dense(2, kernelInit: .ones)
    }
    try expectEqual(
      try layer.initializeWithOutput(Key(2)) { $0(x) }.0,
      try MLP([4, 8, 2]).initializeWithOutput(Key(2)) { $0(x) }.0)
  }

  @Test func sameOutputAsMLPWithActivation() throws {
    let layer = Sequential {
      Dense(4, kernelInit: .ones)
      Lambda { relu($0) }
      Dense(8, kernelInit: .ones)
      Lambda { relu($0) }
      Dense(2, kernelInit: .ones)
      Lambda { logSoftmax($0) }
    }
    let mlp = MLP([4, 8, 2], activation: { relu($0) }, last: { logSoftmax($0) })
    try expectEqual(
      try layer.initializeWithOutput(Key(2)) { $0(x) }.0,
      try mlp.initializeWithOutput(Key(2)) { $0(x) }.0)
  }

  @Test("a part that gives several tensors, for the next one to take")
  func tupleOutput() throws {
    let layer = Sequential {
      AttentionTuple()
      AttentionTuple()
    }
    let keys = Random.uniform(Key(3), [9, 5])
    let (outputs, variables) = try layer.initializeWithOutput(Key(2)) { $0([x, keys]) as [Tensor] }
    #expect(outputs.map(\.shape) == [[3, 5], [9, 5]])
    try expectEqual(outputs[1], keys)
    #expect(Set((variables["params"] as Variables).keys) == ["layers_0", "layers_1"])
    let nested = Sequential { Sequential { AttentionTuple() } }
    let (inner, _) = try nested.initializeWithOutput(Key(2)) { $0([x, keys]) as [Tensor] }
    #expect(inner.map(\.shape) == [[3, 5], [9, 5]])
  }

  @Test("functions that make modules name them as a compact method does")
  func sequentialCompact() throws {
    let layer = Sequential {
      Lambda { x in Dense(x.shape[-1])(x) }
      Lambda { relu($0) }
      Lambda { x in Dense(x.shape[-1])(x) }
      Lambda { relu($0) }
      Lambda { x in Dense(x.shape[-1])(x) }
    }
    let params: Variables = try layer.initialize(Key(0)) { $0(Tensor.ones([3, 5])) }["params"]
    #expect(Set(params.keys) == ["Dense_0", "Dense_1", "Dense_2"])
  }
}

/// As tests/linen/linen_batch_apply_test.py of Flax says.
@Suite("BatchApply")
struct BatchApplyTests {
  private let a = Random.normal(Key(0), [2, 3, 4])
  private let b = Random.normal(Key(1), [4])

  @Test func batchApply() throws {
    for function: (Tensor, Tensor) -> Tensor in [
      { $0 + $1.reshaped(to: [1, -1]) }, { matmul($0, $1) },
    ] {
      let y = BatchApply { (a: Tensor, b: Tensor) in
        #expect(a.rank == 2 && b.rank == 1)
        return function(a, b)
      }(a, b)
      let merged = function(a.reshaped(to: [6, 4]), b)
      try expectEqual(y, merged.reshaped(to: Shape([2, 3] + merged.shape.dimensions.dropFirst())))
    }
  }

  @Test func batchApplyAcceptsFloat() throws {
    let y = BatchApply { (a: Tensor, b: Tensor) in
      #expect(a.rank == 2 && b.rank == 0)
      return a + b
    }(Tensor.ones([2, 3, 4]), 2.0)
    try expect(y, [2, 3, 4], allEqual: 3)
  }

  @Test func batchApplyAcceptsNone() throws {
    let y = BatchApply { (arguments: [Tensor?]) -> Tensor in
      #expect(arguments[0] == nil && arguments[1]?.rank == 2)
      return (arguments[1] ?? 0) * 3
    }(nil, Tensor.ones([2, 3, 4]))
    try expect(y, [2, 3, 4], allEqual: 3)
  }

  @Test func batchApplyRaises() {
    let text = errorText {
      _ = try withErrors { BatchApply { (_: [Tensor?]) -> Tensor in 1 }() }
    }
    #expect(text.contains("requires at least one input"))
  }

  @Test("a tree as the result")
  func batchApplyTree() throws {
    let y = BatchApply { (x: Tensor) in ["sum": sum(x, axes: [1]), "twice": x * 2] }(a)
    #expect(y["sum"]?.shape == [2, 3])
    #expect(y["twice"]?.shape == [2, 3, 4])
  }
}
