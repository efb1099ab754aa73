import Linen
import Testing

private func doubled(_ key: Key) -> Tensor {
  let x = Random.normal(key, [1, 4])
  return concatenate([x, x], axis: 0)
}

/// A linear map of which the decoder's kernel is the encoder's, transposed.
private struct TiedAutoEncoder {
  var latents = 2
  var features = 4

  func callAsFunction(_ scope: Scope, _ x: Tensor) -> Tensor { decode(scope, encode(scope, x)) }

  func encode(_ scope: Scope, _ x: Tensor) -> Tensor { linear(scope, x, latents, bias: false) }

  func decode(_ scope: Scope, _ z: Tensor) -> Tensor {
    let transposed: MapVariables.Transform = { treeMap($0) { $0.transposed() } }
    return mapVariables("params", transIn: transposed, transOut: transposed, mutable: true)(
      scope.rewound(), z
    ) { linear($0, $1, features, bias: false) }
  }
}

@Suite("Lifted transforms on a bare scope, from Flax's designs") struct TransformDesignTests {
  @Test func customGradientsOfAnMLP() throws {
    let x = Random.normal(Key(0), [1, 4])
    func layer(_ scope: Scope, _ x: Tensor, _ features: Int) -> Tensor {
      customVJP(scope, x) { scope, x in
        linear(scope, x, features)
      } forward: { scope, x in
        vjp(scope, x) { linear($0, $1, features) }
      } backward: { pullback, cotangent in
        let (ofVariables, ofX) = pullback(cotangent)
        return (treeMap(ofVariables) { sign($0) }, ofX)
      }
    }
    func model(_ scope: Scope, _ x: Tensor) -> Tensor {
      let h = relu(layer(scope.push(prefix: "hidden_"), x, 8))
      return layer(scope.push("out"), h, 1)
    }
    let variables = try expectModel("custom_vjp", x, model)
    let gradient = try grad(variables) { variables in
      mean(square(try Scope.apply(variables) { model($0, x) }.output))
    }
    try expect(gradient, "core/custom_vjp", "grad")
    for leaf in treeLeaves(gradient) { try expectEqual(leaf, sign(leaf)) }
  }

  @Test("own and shared parameters", arguments: [("own", false), ("shared", true)])
  func scanOfAnMLP(_ name: String, _ isShared: Bool) throws {
    let x = doubled(Key(0))
    let (y, variables) = try Scope.initialize(Key(1)) { scope in
      _ = scope.variable("counter", "i") { Tensor.zeros([]) }
      let loop = scan(
        variableAxes: isShared ? [:] : ["params": 0],
        variableBroadcast: isShared ? "params" : false, variableCarry: "counter",
        splitRNGs: ["params": !isShared])
      return loop(scope, EmptyTree(), x) { scope, carry, x in
        let counter = scope.variable("counter", "i") { Tensor.zeros([]) }
        counter.value += 1
        return (carry, dense(scope.push(prefix: "dense_"), x, 1))
      }.outputs
    }
    try expect(variables, "core/scan_\(name)", "vars", exactly: true)
    try expect(y, "core/scan_\(name)", "out")
    let count: Tensor = variables["counter"]["i"]
    #expect(try count.item() == 2)
    let outputs = try y.scalars(as: Float.self)
    #expect((outputs[0] == outputs[1]) == isShared)
  }

  @Test("own and shared parameters", arguments: [("own", false), ("shared", true)])
  func vmapOfAnMLP(_ name: String, _ isShared: Bool) throws {
    let map = vmap(
      variableAxes: ["params": isShared ? nil : 0], splitRNGs: ["params": !isShared])
    func layer(_ scope: Scope, _ x: Tensor, _ features: Int) -> Tensor {
      map(scope, x) { dense($0, $1, features) }
    }
    let x = doubled(Key(0))
    func model(_ scope: Scope, _ x: Tensor) -> Tensor {
      let h = relu(layer(scope.push(prefix: "hidden_"), x, 8))
      return layer(scope.push("out"), h, 1)
    }
    let variables = try expectModel("vmap_\(name)", x, model)
    let outputs = try Scope.apply(variables) { model($0, x) }.output.scalars(as: Float.self)
    #expect(outputs.count == 2)
    #expect((outputs[0] == outputs[1]) == isShared)
  }

  @Test func tiedAutoEncoderOfAScope() throws {
    let x = Random.normal(Key(25), [1, 4])
    let variables = try expectModel("tied_autoencoder", x, key: 0) { TiedAutoEncoder()($0, $1) }
    #expect(variables.shapesDescription == "{'params': {'kernel': (4, 2)}}")
  }

  @Test func tiedAutoEncoderInitializedByItsDecoder() throws {
    let (y, variables) = try Scope.initialize(Key(0)) {
      TiedAutoEncoder().decode($0, Tensor.ones([1, 2]))
    }
    try expect(variables, "core/tied_autoencoder", "vars_decoder", exactly: true)
    try expect(y, "core/tied_autoencoder", "out_decoder")
  }

  /// The kernel that a layer sees has columns of length 1.
  @Test func weightStandardization() throws {
    let x = Random.normal(Key(0), [1, 4])
    let standardized: MapVariables.Transform = { variables in
      var result = variables
      let kernel: Tensor = variables["params"]["kernel"]
      let norm = sum(square(kernel), axes: Array(0..<kernel.rank - 1), keepingAxes: true)
      var params: Variables = variables["params"]
      params["kernel"] = Variables(kernel / sqrt(norm + 1e-8))
      result["params"] = params
      return result
    }
    func layer(_ scope: Scope, _ x: Tensor, _ features: Int) -> Tensor {
      mapVariables("params", transIn: standardized, init: true)(scope, x) { scope, x in
        linear(scope, x, features, kernelInit: .normal(stddev: 1e5))
      }
    }
    func model(_ scope: Scope, _ x: Tensor) -> Tensor {
      let h = layer(scope.push(prefix: "hidden_"), x, 8)
      return dense(scope.push("out"), h, 1)
    }
    let (y, variables) = try Scope.initialize(Key(1)) { model($0, x) }
    #expect(
      variables.shapesDescription
        == "{'params': {'hidden_0': {'bias': (8,), 'kernel': (4, 8)}, "
        + "'out': {'bias': (1,), 'kernel': (8, 1)}}}")
    // What is stored has been divided once, so that it is not bit for bit that of Flax.
    try expect(variables, "core/weight_std", "vars")
    try expect(y, "core/weight_std", "first")
    #expect(try y.reshaped(to: []).item() < 1)
    try expect(try Scope.apply(variables) { model($0, x) }.output, "core/weight_std", "out")
  }
}
