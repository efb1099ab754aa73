import Linen
import Testing

/// The activations as parts of a configuration.
@Suite struct ActivationFunctionTests {
  private static let standard: [(ActivationFunction, String, @Sendable (Tensor) -> Tensor)] = [
    (.celu, "celu", { celu($0) }), (.elu, "elu", { elu($0) }), (.gelu, "gelu", { gelu($0) }),
    (.glu, "glu", { glu($0) }), (.hardSigmoid, "hard_sigmoid", { hardSigmoid($0) }),
    (.hardSilu, "hard_silu", { hardSilu($0) }), (.hardSwish, "hard_silu", { hardSwish($0) }),
    (.hardTanh, "hard_tanh", { hardTanh($0) }), (.identity, "identity", { $0 }),
    (.leakyReLU, "leaky_relu", { leakyReLU($0) }), (.logSigmoid, "log_sigmoid", { logSigmoid($0) }),
    (.logSoftmax, "log_softmax", { logSoftmax($0) }), (.mish, "mish", { mish($0) }),
    (.relu, "relu", { relu($0) }), (.relu6, "relu6", { relu6($0) }), (.selu, "selu", { selu($0) }),
    (.sigmoid, "sigmoid", { sigmoid($0) }), (.silu, "silu", { silu($0) }),
    (.softSign, "soft_sign", { softSign($0) }), (.softmax, "softmax", { softmax($0) }),
    (.softplus, "softplus", { softplus($0) }), (.sparsePlus, "sparse_plus", { sparsePlus($0) }),
    (.sparseSigmoid, "sparse_sigmoid", { sparseSigmoid($0) }),
    (.squareplus, "squareplus", { squareplus($0) }),
    (.standardize, "standardize", { standardize($0) }), (.swish, "silu", { swish($0) }),
    (.tanh, "tanh", { tanh($0) }),
  ]

  /// The names are `__name__` of the functions in jax.nn 0.10.2.
  @Test(arguments: standard)
  func standardFunction(
    _ activation: ActivationFunction, _ name: String, _ function: @Sendable (Tensor) -> Tensor
  ) throws {
    let x = Tensor([-3.0, -0.5, 0.0, 0.25, 1.5, 7.0])
    try expectEqual(activation(x), function(x))
    #expect(activation.name == name)
  }

  @Test func equalAreTheSameStandardFunctions() {
    #expect(ActivationFunction.relu == .relu)
    #expect(ActivationFunction.relu != .gelu)
    #expect(ActivationFunction.swish == .silu)
    #expect(ActivationFunction("relu") { relu($0) } != .relu)
    #expect(GRUCell(3, activationFn: .relu) == GRUCell(3, activationFn: .relu))
  }

  @Test func inACellAndInSequential() throws {
    let cell = GRUCell(2, gateFn: .hardSigmoid, activationFn: .relu)
    #expect(cell.description.contains("gate_fn = hard_sigmoid\n"))
    #expect(cell.description.contains("activation_fn = relu\n"))
    let x = Tensor.ones([1, 3])
    let chain = Sequential {
      Dense(4)
      ActivationFunction.gelu
      Dense(2)
    }
    let variables = try chain.initialize(Key(0)) { $0(x) }
    #expect(variables["params"].keys == ["layers_0", "layers_2"])
    let functions = Sequential([.layer(Dense(4)), .function { gelu($0) }, .layer(Dense(2))])
    try expectEqual(
      try chain.apply(variables) { $0(x) }, try functions.apply(variables) { $0(x) })
  }
}
