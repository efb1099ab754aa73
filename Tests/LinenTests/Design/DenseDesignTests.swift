import Linen
import Testing

/// Parameters without a scope: a tree that is a parameter itself.
private struct ExplicitDense: TensorTree, Sendable {
  var kernel: Tensor
  var bias: Tensor

  /// Makes the parameters from a key.
  init(_ key: Key, _ inputs: Int, _ features: Int) {
    let keys = key.split()
    kernel = Initializer.lecunNormal()(keys[0], [inputs, features])
    bias = Initializer.zeros(keys[1], [features])
  }

  /// Makes the parameters in a scope.
  init(_ scope: Scope, _ inputs: Int, _ features: Int) {
    kernel = scope.param("kernel", .lecunNormal(), [inputs, features])
    bias = scope.param("bias", .zeros, [features])
  }

  mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit(.field("kernel"), &kernel)
    visitor.visit(.field("bias"), &bias)
  }

  func callAsFunction(_ x: Tensor) -> Tensor { matmul(x, kernel) + bias }
}

/// Layers of 3 and 1 features, with relu between them.
private func twoLayers(_ x: Tensor, _ layer: (Int, Int, Int) -> ExplicitDense) -> Tensor {
  let h = layer(0, x.shape[-1], 3)(x)
  return layer(1, 3, 1)(relu(h))
}

@Suite("Dense layers on a bare scope") struct DenseDesignTests {
  @Test func denseOfAScope() throws {
    let variables = try expectModel("dense", Random.normal(Key(22), [1, 3]), key: 0) {
      linear($0, $1, 4)
    }
    #expect(variables.shapesDescription == "{'params': {'bias': (4,), 'kernel': (3, 4)}}")
  }

  /// A parameter may be a tree with functions of its own.
  @Test func explicitDense() throws {
    let x = Random.normal(Key(23), [1, 4])
    func model(_ scope: Scope, _ x: Tensor) -> Tensor {
      twoLayers(x) { index, inputs, features in
        scope.param("dense_\(index)") { ExplicitDense($0, inputs, features) }
      }
    }
    let variables = try expectModel("dense_explicit", x, key: 0, model)
    let stored: ExplicitDense? = (variables["params"]["dense_0"] as Variables).value()
    #expect(stored?.kernel.shape == [4, 3])
    #expect(stored?.bias.shape == [3])
    let gradient = try grad(variables) { variables in
      sum(try Scope.apply(variables) { model($0, x) }.output)
    }
    #expect(treeLeaves(gradient).count == 4)
  }

  @Test func semiExplicitDense() throws {
    let variables = try expectModel("dense_semi_explicit", Random.normal(Key(23), [1, 4]), key: 0) {
      scope, x in
      twoLayers(x) { _, inputs, features in
        ExplicitDense(scope.push(prefix: "dense_"), inputs, features)
      }
    }
    #expect(
      variables.shapesDescription
        == "{'params': {'dense_0': {'bias': (3,), 'kernel': (4, 3)}, "
        + "'dense_1': {'bias': (1,), 'kernel': (3, 1)}}}")
  }
}
