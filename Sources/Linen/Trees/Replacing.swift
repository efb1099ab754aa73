extension TensorTree {
  /// A copy with another value in a property.
  ///
  /// Mirrors `replace` of `flax.struct.dataclass`:
  ///
  ///     let next = state.replacing(\.params, with: params)
  public func replacing<Value>(
    _ property: WritableKeyPath<Self, Value>, with value: Value
  ) -> Self {
    var copy = self
    copy[keyPath: property] = value
    return copy
  }
}
