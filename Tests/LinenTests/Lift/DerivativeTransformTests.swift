import Linen
import Testing

private final class Scale: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor, _ y: Tensor) -> Tensor {
    compact(x, y) { x, y in
      let p = param("test", .constant(0.5), [])
      _ = variable("state", "counter") { Tensor(Int32(0)) }
      return p * x * y
    }
  }
}

private final class Scaled: Module, UnaryLayer, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      let p = param("test", .zeros, [])
      _ = variable("state", "counter") { Tensor(Int32(0)) }
      return p * x
    }
  }
}

/// The sum of a product with a parameter, and the parameter.
private final class LearnScale: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor, _ y: Tensor) -> (Tensor, Tensor) {
    compact(x, y) { x, y in
      let p = param("scale", .ones, [])
      return (sum(p * x * y), p)
    }
  }
}

/// Calls a function in a compact method of two arguments.
private final class Calling: Module, @unchecked Sendable {
  let body: (Calling, Tensor, Tensor) -> [Tensor]

  init(_ body: @escaping (Calling, Tensor, Tensor) -> [Tensor]) {
    self.body = body
    super.init()
  }

  func callAsFunction(_ x: Tensor, _ y: Tensor) -> [Tensor] {
    compact(x, y) { x, y in body(self, x, y) }
  }
}

/// The squared distance of `y` and two layers' output, and its gradients.
private final class Distance: Module, @unchecked Sendable {
  let bar: Dense
  let qup: Dense?

  init(_ bar: Dense, _ qup: Dense? = nil) {
    (self.bar, self.qup) = (bar, qup)
    super.init()
  }

  override class var linenName: String { "Multiscope" }

  func callAsFunction(_ x: Tensor, _ y: Tensor) -> [Tensor] {
    compact(x, y) { x, y in
      let (z, (ofX, ofY)) = valueAndGrad(self, x, y) { module, x, y in
        let layer = module.qup ?? Dense(4)
        return sum(square(y - module.bar(layer(x))))
      }
      return [z, ofX, ofY]
    }
  }
}

private struct VJPResult: TensorTree {
  var value: Tensor
  var ofVariables: Variables
  var ofX: Tensor

  mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit(.field("value"), &value)
    visitor.visit(.field("variables"), &ofVariables)
    visitor.visit(.field("x"), &ofX)
  }
}

private final class WithVJP: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> VJPResult {
    compact(x) { x in
      let (y, pullback) = vjp(Scaled(), x) { $0($1) }
      let (ofVariables, ofX) = pullback(ones(like: y))
      return VJPResult(value: y, ofVariables: ofVariables, ofX: ofX)
    }
  }
}

@Suite("Lifted derivatives, from Flax's tests") struct DerivativeTransformTests {
  let x = Random.uniform(Key(1), [4])
  let y = Random.uniform(Key(2), [4])

  @Test func vjpOfAModule() throws {
    final class Foo: Module, @unchecked Sendable {
      func callAsFunction(_ x: Tensor, _ y: Tensor) -> (Variables, [Tensor]) {
        compact(x, y) { x, y in
          let (z, pullback) = vjp(Scale(), x, y) { $0($1, $2) }
          let (ofParams, (ofX, ofY)) = pullback(ones(like: z))
          return (ofParams, [ofX, ofY])
        }
      }
    }
    let (x, y) = (Tensor([1.0, 2.0, 3.0]), Tensor([4.0, 5.0, 6.0]))
    let variables = try Foo().initialize(Key(0)) { $0(x, y) }
    try expect(variables, "vjp", "vars", exactly: true)
    let (ofParams, gradients) = try Foo().apply(variables) { $0(x, y) }
    #expect(ofParams.description == "{'params': {'test': 32.0}}")
    try expect(ofParams, "vjp", "grad")
    try expect(list: gradients, "vjp", "out")
  }

  @Test func jvpOfAModule() throws {
    let model = Lifting { _, x in
      let bar = Scaled()
      let params: Variables = bar.variables["params"]
      return jvp(
        bar, x, tangents: zeros(like: x),
        variableTangents: ["params": treeMap(params) { ones(like: $0) }]
      ) { $0($1) }.tangent
    }
    let x = Tensor.ones([3])
    let variables = try model.initialize(Key(0)) { $0(x) }
    try expectEqual(try model.apply(variables) { $0(x) }, x)
  }

  @Test func customVJPOfAModule() throws {
    let x = Random.normal(Key(14), [2])
    let model = Lifting { _, x in
      customVJP(Dense(1), x) { dense, x in
        dense(x)
      } forward: { dense, x in
        vjp(dense, x) { $0($1) }
      } backward: { pullback, cotangent in
        let (ofVariables, ofX) = pullback(cotangent)
        return (treeMap(ofVariables) { sign($0) }, ofX)
      }.reshaped(to: [])
    }
    let variables = try model.initialize(Key(0)) { $0(x) }
    try expect(variables, "custom_vjp", "vars", exactly: true)
    try expect(try model.apply(variables) { $0(x) }, "custom_vjp", "out")
    let gradient = try grad(variables) { try model.apply($0) { $0(x) } }
    try expect(gradient, "custom_vjp", "grad")
    for leaf in treeLeaves(gradient) {
      try expectEqual(abs(leaf), ones(like: leaf))
    }
  }

  @Test func gradOfAModule() throws {
    let model = Calling { _, x, y in
      let (ofX, ofY) = grad(LearnScale(), x, y) { layer, x, y in layer(x, y).0 }
      return [ofX, ofY]
    }
    let variables = try model.initialize(Key(0)) { $0(x, y) }
    let gradients = try model.apply(variables) { $0(x, y) }
    try expectEqual(gradients[0], y)
    try expectEqual(gradients[1], x)
  }

  @Test func gradWithAnAuxiliaryResult() throws {
    let model = Calling { _, x, y in
      let ((ofX, ofY), scale) = grad(LearnScale(), x, y) { $0($1, $2) }
      return [ofX, ofY, scale]
    }
    let variables = try model.initialize(Key(0)) { $0(x, y) }
    let results = try model.apply(variables) { $0(x, y) }
    try expectEqual(results[0], y)
    try expectEqual(results[1], x)
    try expectEqual(results[2], variables["params"]["LearnScale_0"]["scale"])
  }

  @Test func valueAndGradOfAModule() throws {
    let model = Calling { _, x, y in
      let (z, (ofX, ofY)) = valueAndGrad(LearnScale(), x, y) { $0($1, $2).0 }
      return [z, ofX, ofY]
    }
    let variables = try model.initialize(Key(0)) { $0(x, y) }
    let results = try model.apply(variables) { $0(x, y) }
    try expectScalars(results[0], try sum(x * y).scalars(as: Double.self))
    try expectEqual(results[1], y)
    try expectEqual(results[2], x)
  }

  @Test func valueAndGradWithAnAuxiliaryResult() throws {
    let model = Calling { _, x, y in
      let (z, scale, (ofX, ofY)) = valueAndGrad(LearnScale(), x, y) { $0($1, $2) }
      return [z, scale, ofX, ofY]
    }
    let variables = try model.initialize(Key(0)) { $0(x, y) }
    let results = try model.apply(variables) { $0(x, y) }
    try expectEqual(results[1], variables["params"]["LearnScale_0"]["scale"])
    try expectEqual(results[2], y)
    try expectEqual(results[3], x)
  }

  @Test func valueAndGradOfSeveralScopes() throws {
    let model = Calling { _, x, y in Distance(Dense(4))(x, y) }
    let variables = try model.initialize(Key(0)) { $0(x, y) }
    try expect(variables, "value_and_grad_multiscope", "vars", exactly: true)
    let results = try model.apply(variables) { $0(x, y) }
    try expect(list: results, "value_and_grad_multiscope", "out")
    // The same by hand.
    let params: Variables = variables["params"]
    let (w1, w2): (Tensor, Tensor) = (
      params["Multiscope_0"]["Dense_0"]["kernel"], params["Dense_0"]["kernel"]
    )
    let (value, gradient) = try valueAndGrad(x) { x in
      sum(square(y - matmul(matmul(x, w1), w2)))
    }
    try expectScalars(results[0], value.scalars(as: Double.self))
    try expectScalars(results[1], gradient.scalars(as: Double.self))
  }

  @Test func valueAndGradOfAdoptedModules() throws {
    let model = Distance(Dense(4), Dense(4))
    let variables = try model.initialize(Key(0)) { $0(x, y) }
    try expect(variables, "value_and_grad_adopted", "vars", exactly: true)
    try expect(
      list: try model.apply(variables) { $0(x, y) }, "value_and_grad_adopted", "out")
  }

  /// What comes out has values, and belongs to no transform that has ended.
  @Test func vjpLeaksNoTracers() throws {
    let x = Tensor.ones([2, 3])
    let model = WithVJP()
    let (first, variables) = try model.initializeWithOutput(Key(0)) { $0(x) }
    let result = try model.apply(variables) { $0(x) }
    for leaf in treeLeaves(first) + treeLeaves(variables) + treeLeaves(result) {
      #expect(leaf.array != nil)
    }
  }
}
