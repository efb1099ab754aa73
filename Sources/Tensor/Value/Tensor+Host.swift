extension Tensor {
  /// Reads all elements, in row-major order, as values of a Swift type.
  ///
  /// - Throws: an error if the value is not known, as inside `jit`, and the first error recorded so
  ///   far in this boundary, so that no decision rests on a placeholder.
  public func scalars<S: Scalar>(as type: S.Type = S.self) throws -> [S] {
    try values("scalars")
  }

  private func values<S: Scalar>(_ operation: String) throws -> [S] {
    try checkErrors()
    guard let array else { throw unknownValue(operation) }
    let converted = array.dtype == S.dtype ? array.contiguous() : array.converted(to: S.dtype)
    let source = converted.contiguous()
    return withExtendedLifetime(source) {
      Array(UnsafeBufferPointer(start: source.pointer(as: S.self), count: source.count))
    }
  }

  /// Reads the one element.
  ///
  /// - Throws: an error if there is more or less than one element, or the value is not known.
  public func item<S: Scalar>(as type: S.Type = S.self) throws -> S {
    guard elementCount == 1 else {
      throw TensorError(
        "item",
        .argumentInvalid(name: "element count", value: "\(elementCount)", expected: "1"),
        [.init("operand", self.type)])
    }
    return try values("item")[0]
  }

  private func unknownValue(_ operation: String) -> TensorError {
    var transform = "a transform"
    if case .tracer(let tracer) = storage {
      transform = tracer.trace.name
      if !tracer.trace.isOpen {
        return .escaped(operation, transform, [.init("operand", type)])
      }
    }
    return TensorError(
      operation, .valueUnknown(transform: transform), [.init("operand", type)],
      hint: "branch with `which` or cond, loop with scan, or pass the value as a static argument")
  }
}
