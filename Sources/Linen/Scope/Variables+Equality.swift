extension Variables: Hashable {
  /// Whether both have the same names, in any order, with equal values: tensors of one type whose
  /// elements are the same bits, boxes and others as they compare.
  ///
  /// Tensors without values, and values that can't be compared, are equal to none but themselves.
  public static func == (a: Variables, b: Variables) -> Bool {
    switch (a.node, b.node) {
    case (.tensor(let x), .tensor(let y)): x.isIdentical(to: y)
    case (.tuple(let x), .tuple(let y)): x == y
    case (.boxed(let x), .boxed(let y)):
      type(of: x) == type(of: y) && "\(label(x))" == "\(label(y))" && x.value == y.value
    case (.value(let x), .value(let y)):
      if let x = x as? AnyHashable, let y = y as? AnyHashable { x == y } else { false }
    case (.dictionary(let x), .dictionary(let y)):
      x.count == y.count && x.allSatisfy { name, value in y[name] == value }
    default: false
    }
  }

  /// Hashes the names and the tensors' types and elements.
  public func hash(into hasher: inout Hasher) {
    switch node {
    case .tensor(let tensor): tensor.hashElements(into: &hasher)
    case .tuple(let elements): hasher.combine(elements)
    case .boxed(let box): hasher.combine(box.value)
    case .value(let value): if let value = value as? AnyHashable { hasher.combine(value) }
    case .dictionary(let entries):
      for name in entries.keys.sorted() {
        hasher.combine(name)
        hasher.combine(entries[name])
      }
    }
  }
}

/// What a box says besides its value, which is taken out.
private func label(_ box: some AxisMetadata) -> some AxisMetadata {
  var box = box
  box.value = Variables()
  return box
}

extension Tensor {
  /// Whether another tensor has the same type and bits, or is this one, where they have no values.
  fileprivate func isIdentical(to other: Tensor) -> Bool {
    guard shape == other.shape, dtype == other.dtype else { return false }
    switch (storage, other.storage) {
    case (.array(let a), .array(let b)):
      return a === b || withBytes(of: a) { x in withBytes(of: b) { y in x.elementsEqual(y) } }
    case (.tracer(let a), .tracer(let b)): return a === b
    default: return false
    }
  }

  fileprivate func hashElements(into hasher: inout Hasher) {
    hasher.combine(shape)
    hasher.combine(dtype)
    switch storage {
    case .array(let array): withBytes(of: array) { hasher.combine(bytes: $0) }
    case .tracer(let tracer): hasher.combine(ObjectIdentifier(tracer))
    }
  }
}

private func withBytes<R>(of array: NDArray, _ body: (UnsafeRawBufferPointer) -> R) -> R {
  let array = array.contiguous()
  return withExtendedLifetime(array) {
    body(UnsafeRawBufferPointer(start: array.data, count: array.byteCount))
  }
}
