import Linen

/// Mistakes that a module makes.
extension Wrong {
  static let modules: KeyValuePairs<String, Mutation> = [
    "sizes of a product": fault { _, x in matmul(x, Tensor.ones([1, 9])) },
    "sizes of a sum": fault { _, x in x + Tensor.ones([11]) },
    "sizes of parts": fault { _, x in concatenate([x, Tensor.ones([7, 1])], axis: -1) },
    "axis of a sum": fault { _, x in sum(x, axes: [5]) },
    "axis of a size": fault { _, x in x + Tensor(Double(x.shape[7])) },
    "shape of a reshape": fault { _, x in x.reshaped(to: [1, 2, 3, 4, 5, 6, 7]) },
    "spatial axes of a convolution": fault { _, x in Conv(3, [3, 3, 3, 3])(x) },
    "heads of an attention": fault { _, x in MultiHeadDotProductAttention(7)(x) },
    "numbers as tokens": fault { _, x in Embed(3, 4)(x) },
    "groups of a normalization": fault { _, x in GroupNorm(5)(x) },
    "empty chain": fault { _, x in Sequential([Sequential.Part]())(x) },
    "dropout that is neither on nor off": fault { _, x in Dropout(0.5)(x) },
    "name of two submodules": fault { _, x in Dense(3, name: "Dense_0")(x) },
    "name of two parameters": fault { block, x in
      x * block.param("w", .ones, [1]) * block.param("w", .ones, [1])
    },
    "name of a parameter and a submodule": fault { block, x in
      Dense(3, name: "w")(x * block.param("w", .ones, [1]))
    },
    "submodule in a plain method": fault { _, x in Plain { Dense(2)($0) }(x) },
    "module from outside": fault { _, x in x + Detached.shared(x) },
    "property set after setup": fault { block, x in
      block.scale = x
      return x
    },
    "variable that is not there": fault { block, x in
      block.variable("late", "v", as: Tensor.self).value + x
    },
    "variable of another type": fault { block, x in
      let text = block.variable("stats", "v") { "text" }.value
      return x + block.variable("stats", "v") { Tensor(Double(text.count)) }.value
    },
    "initializer of another shape": fault { block, x in
      x * block.param("w", .lecunNormal(), [1])
    },
  ]

  private static func fault(_ fault: @escaping Fault) -> Mutation {
    { program, _ in try program.run(with: fault) }
  }

  /// A module whose one method is not compact.
  private final class Plain: Module, @unchecked Sendable {
    let body: @Sendable (Tensor) -> Tensor

    init(_ body: @escaping @Sendable (Tensor) -> Tensor) {
      self.body = body
      super.init()
    }

    func callAsFunction(_ x: Tensor) -> Tensor { method(x) { x in body(x) } }
  }

  private enum Detached {
    static let shared = Dense(3)
  }
}
