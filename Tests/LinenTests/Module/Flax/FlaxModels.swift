import Linen

/// Adds a parameter of ones in the shape of the input.
final class AddsBias: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in x + param("bias", .ones, x.shape) }
  }
}

/// Gives back what it gets; its method is not compact.
class PassesThrough: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor { method(x) { x in x } }
}

/// Calls the module that it holds.
final class Wrapping<Inner: Module>: Module, @unchecked Sendable {
  let inner: Inner
  let run: @Sendable (Inner, Tensor) -> Tensor

  init(
    _ inner: Inner, name: String? = nil, _ run: @escaping @Sendable (Inner, Tensor) -> Tensor
  ) {
    self.inner = inner
    self.run = run
    super.init(name: name)
  }

  override class var linenName: String { "Wrapping" }

  func callAsFunction(_ x: Tensor) -> Tensor { method(x) { x in run(inner, x) } }
}

extension Module {
  /// Calls a function of the module on a bare scope.
  static func run<M: Module, R>(
    _ module: M, on scope: Scope, _ body: (M) throws -> R
  ) throws -> R {
    try module.bind(to: scope).callAsFunction(body)
  }
}

/// What `body` gives on a fresh scope with a stream and mutable parameters, once and again on the same
/// scope, and the parameters.
func twice<M: Module>(
  _ make: @autoclosure () -> M, _ body: (M) throws -> Tensor
) throws -> (first: Tensor, again: Tensor, params: Variables) {
  let scope = Scope.bind([:], rngs: Key(0), mutable: "params")
  let first = try Module.run(make(), on: scope, body)
  let params = scope.variables["params"]
  return (first, try Module.run(make(), on: scope.rewound(), body), params)
}
