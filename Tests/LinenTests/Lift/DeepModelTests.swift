import Autodiff
import Linen
import Testing

/// A transformer's layer: attention and two dense layers, each on normalized inputs.
private final class Layer: Module, UnaryLayer, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      let y = x + MultiHeadDotProductAttention(2)(LayerNorm()(x))
      let hidden = gelu(Dense(4 * x.shape[-1])(LayerNorm()(y)))
      return y + Dense(x.shape[-1])(hidden)
    }
  }
}

private func stack<M: Module>(_ length: Int, _ make: () -> M) -> Lifted<M, Scan> {
  scan(variableAxes: ["params": 0], splitRNGs: ["params": true], length: length, make)
}

/// A training step's graph: the loss of a model and its gradients.
private func step<M: Module>(
  _ model: M, _ x: Tensor, _ call: @escaping (M, Tensor) -> Tensor
) throws -> Graph {
  let variables = try model.initialize(Key(0)) { call($0, x) }
  let leaves = treeLeaves(variables)
  return try withErrors {
    try Graph.record(name: "jit", leaves.map(\.type) + [x.type]) { inputs in
      let variables = treeReplacingLeaves(variables, Array(inputs.dropLast()))
      let (loss, gradients) = try valueAndGrad(variables) { variables in
        mean(square(try model.apply(variables) { call($0, inputs[inputs.count - 1]) }))
      }
      return [loss] + treeLeaves(gradients)
    }
  }
}

/// What a loop's forward pass leaves for its backward pass: the bytes of its stacked results.
private func residualBytes(_ graph: Graph) -> Int {
  let loop = graph.equations.first { type(of: $0.operation).name == "scan" }
  return loop?.outputs.dropFirst().reduce(0) { total, variable in
    let type = graph.types[variable]
    return total + type.elementCount * type.dtype.byteSize
  } ?? 0
}

@Suite("A transformer of 24 layers by scan and remat") struct DeepModelTests {
  private let x = Random.normal(Key(1), [2, 8, 16])

  /// All layers are traced and compiled as one.
  @Test func deepModelsAreTracedAndCompiledAsOneLayer() throws {
    let one = try step(remat { Layer() }, x) { $0($1) }
    let looped = try step(stack(1) { remat { Layer() } }, x) { $0($1) }
    let deep = try step(stack(24) { remat { Layer() } }, x) { $0($1) }
    #expect(deep.equationCount == looped.equationCount)
    #expect(deep.stepCount == looped.stepCount)
    #expect(Double(deep.equationCount) <= 1.5 * Double(one.equationCount))
    #expect(Double(deep.stepCount) <= 1.5 * Double(one.stepCount))
  }

  /// Of each layer only its input is kept for the backward pass, not what it computes on the way.
  @Test func rematKeepsTheInputsOfLayersAlone() throws {
    let kept = residualBytes(try step(stack(24) { remat { Layer() } }, x) { $0($1) })
    let all = residualBytes(try step(stack(24) { Layer() }, x) { $0($1) })
    #expect(kept == 24 * x.elementCount * 4)
    #expect(all > 10 * kept)
  }

  /// The loop gives what layers one after the other give, in value and gradient.
  @Test func deepModelsAgreeWithTheirLayers() throws {
    let model = stack(24) { remat { Layer() } }
    let variables = try model.initialize(Key(0)) { $0(x) }
    func layers(_ variables: Variables) throws -> Tensor {
      try (0..<24).reduce(x) { x, i in
        try Layer().apply(treeMap(variables) { $0[i] }) { $0(x) }
      }
    }
    let y = try model.apply(variables) { $0(x) }
    try expectScalars(y, try layers(variables).scalars(as: Double.self), tolerance: 1e-5)
    let gradient = try grad(variables) { mean(square(try model.apply($0) { $0(x) })) }
    let expected = try grad(variables) { mean(square(try layers($0))) }
    for (a, b) in zip(treeLeaves(gradient), treeLeaves(expected)) {
      try expectScalars(a, b.scalars(as: Double.self), tolerance: 1e-5)
    }
  }
}
