import Linen
import Testing

/// A layer used wrongly: the error that Flax gives, or where it has none to speak of, a better one.
struct Misuse: Sendable, CustomTestStringConvertible {
  let name: String
  /// What Flax 0.12.8 says, as far as it goes.
  let flax: String
  /// What has to be in our text.
  let expected: String
  let run: @Sendable () throws -> Void

  init(
    _ name: String, flax: String, _ expected: String, _ run: @escaping @Sendable () throws -> Void
  ) {
    self.name = name
    self.flax = flax
    self.expected = expected
    self.run = run
  }

  /// A layer of one tensor.
  init(
    _ name: String, flax: String, _ expected: String, _ layer: some UnaryLayer, _ x: Tensor
  ) {
    self.init(name, flax: flax, expected) { try start(layer) { layer in _ = layer(x) } }
  }

  var testDescription: String { name }

  static let all = linear + convolutions + normalizations + attentions + others
}

/// Starts a module by a call of it.
func start<M: Module>(_ module: M, _ body: (M) throws -> Void) throws {
  _ = try module.initialize(["params": Key(0), "dropout": Key(1)]) { try body($0) }
}

/// Ones of a shape.
func filled(_ sizes: Int..., dtype: DType = .float32) -> Tensor {
  Tensor.ones(Shape(sizes), dtype: dtype)
}
