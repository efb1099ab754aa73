import Linen

// The modules of Fixtures/generate.py.

/// A layer with dropout and a counter of calls.
final class Noisy: Module, UnaryLayer, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      var y = Dense(4)(x)
      y = Dropout(0.5, deterministic: false)(y)
      let count = variable("stats", "count") { Tensor.zeros([]) }
      count.value = count.value + 1
      return y
    }
  }
}

/// A layer and one of another module.
final class Holder: Module, UnaryLayer, @unchecked Sendable {
  let other: Dense

  init(_ other: Dense, name: String? = nil) {
    self.other = other
    super.init(name: name)
  }

  func callAsFunction(_ x: Tensor) -> Tensor { compact(x) { x in other(x) + Dense(3)(x) } }
}

/// Two layers with dropout.
final class NoisyMLP: Module, UnaryLayer, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in noisy(noisy(x)) }
  }
}

/// A layer with dropout, in the module that runs.
func noisy(_ x: Tensor) -> Tensor {
  let y = Dense(4)(x)
  return Dropout(0.5, deterministic: false)(y)
}

/// A linear map on a bare scope, as `flax.core.nn.dense`.
func dense(_ scope: Scope, _ x: Tensor, _ features: Int) -> Tensor {
  let kernel = scope.param("kernel", .lecunNormal(), [x.shape[-1], features])
  return matmul(x, kernel) + scope.param("bias", .zeros, [features])
}

/// A module whose one method is given when it is made.
final class Lifting: Module, @unchecked Sendable {
  let body: (Lifting, Tensor) -> Tensor

  init(name: String? = nil, _ body: @escaping (Lifting, Tensor) -> Tensor) {
    self.body = body
    super.init(name: name)
  }

  func callAsFunction(_ x: Tensor) -> Tensor { compact(x) { x in body(self, x) } }
}
