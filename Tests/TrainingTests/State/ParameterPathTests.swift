import Linen
import Optimizers
import Testing
import Training

/// Choices of parameters by the names that lead to them, as Flax makes with `path_aware_map`.
@Suite struct ParameterPathTests {
  private let params: Variables = [
    "linear_1": ["w": Tensor.zeros([5, 6]), "b": Tensor.zeros([5])],
    "linear_2": ["w": Tensor.zeros([6, 1]), "b": Tensor.zeros([1])],
  ]

  /// The first elements of the parameters after one step along gradients of 1.
  private func stepped(_ optimizer: GradientTransformation) throws -> [String: Double] {
    let gradients = treeMap(params) { Tensor.ones($0.shape) }
    let state = optimizer.initialize(params)
    let (updates, _) = optimizer.update(gradients, state, params: params)
    return try flattenDict(applyUpdates(params, updates), separator: "/").reduce(into: [:]) {
      $0[$1.key] = try $1.value.tensor?.scalars(as: Double.self)[0]
    }
  }

  @Test func labelsByPath() throws {
    let optimizer = multiTransform(["kernel": sgd(1.0), "bias": setToZero()]) { path, _ in
      path.names.contains("w") ? "kernel" : "bias"
    }
    #expect(
      try stepped(optimizer)
        == ["linear_1/w": -1, "linear_1/b": 0, "linear_2/w": -1, "linear_2/b": 0])
  }

  @Test func masksByPath() throws {
    let optimizer = masked(sgd(1.0), ParameterMask { path, _ in path.names.contains("w") })
    #expect(
      try stepped(optimizer)
        == ["linear_1/w": -1, "linear_1/b": 1, "linear_2/w": -1, "linear_2/b": 1])
  }

  /// optax keeps empty named tuples where a mask hides parameters, which are in the state.
  @Test func maskedStatesAreSavedAsInFlax() throws {
    let optimizer = masked(trace(decay: 0.9), ParameterMask { path, _ in path.names.contains("w") })
    let state = optimizer.initialize(params)
    #expect(
      try "\(toStateDict(state))"
        == "{'inner_state': {'trace': {'linear_1': {'b': {}, 'w': f32[5,6]}, 'linear_2': {'b': {}, "
        + "'w': f32[6,1]}}}}")
    let restored = try fromStateDict(state, try toStateDict(treeMap(state) { $0 + 1 }))
    #expect(try treeLeaves(restored)[0].scalars(as: Float.self)[0] == 1)
  }
}
