extension Module {
  /// Runs `body` with other values in the place of a submodule's variables.
  ///
  /// `transform` gets the tensors with their paths below the collection. With `initialize` the
  /// submodule makes its variables first; then, and with `isMutable`, what it holds after `body` is
  /// written back where the collection is mutable.
  func withMappedVariables<R>(
    of layer: Module, initialize: Bool, isMutable: Bool,
    _ transform: (_ path: [String], Tensor) -> Tensor, _ body: () -> R
  ) -> R {
    guard let scope = layer.bound("transform")?.scope else { return body() }
    var variables = scope.variables
    if initialize {
      let inner = scope.inner(variables, mutable: true)
      _ = layer.withInner(inner, body)
      variables = inner.mutableVariables
    }
    let mapped = treeMapWithPath(variables) { path, tensor in
      let names = path.keys.compactMap { key in
        switch key {
        case .key(let name), .field(let name): name
        case .index: nil
        }
      }
      return transform(Array(names.dropFirst()), tensor)
    }
    let inner = scope.inner(mapped, mutable: initialize || isMutable ? true : false)
    let result = layer.withInner(inner, body)
    if initialize || isMutable { scope.publish(inner.mutableVariables) }
    return result
  }
}

/// `x / sqrt(sum(x^2) + epsilon)` over the axes.
func l2Normalized(_ x: Tensor, axes: [Int]? = nil, epsilon: Double) -> Tensor {
  x * rsqrt(sum(x * x, axes: axes, keepingAxes: true) + epsilon)
}
