extension Variables: TensorTree {
  /// Presents the tensors, the names of each level sorted, as JAX flattens dictionaries.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) {
    switch node {
    case .dictionary(let entries) where visitor.isReading:
      entries.forEachSorted { name, value in
        var value = value
        visitor.visit(.key(name), &value)
      }
    case .dictionary(var entries):
      node = .tuple([])  // so that the entries are not shared while they change
      entries.updateSorted { name, value in visitor.visit(.key(name), &value) }
      node = .dictionary(entries)
    case .tensor(var tensor):
      tensor.visitTensors(&visitor)
      node = .tensor(tensor)
    case .tuple(var elements):
      elements.visitTensors(&visitor)
      node = .tuple(elements)
    case .boxed(let box):
      node = .boxed(visited(box, &visitor))
    case .value(let value): node = .value(visited(value, &visitor))
    }
  }
}

private func visited(_ box: some AxisMetadata, _ visitor: inout TensorVisitor) -> any AxisMetadata {
  var box = box
  visitor.visit(.field("value"), &box.value)
  return box
}

/// A value with its tensors presented, if it is a tree; the value itself if it is none.
private func visited<T: Sendable>(_ value: T, _ visitor: inout TensorVisitor) -> T {
  guard var tree = value as? any TensorTree else {
    if let fixed = value as? AnyHashable { visitor.visit(fixed: fixed) }
    return value
  }
  tree.visitTensors(&visitor)
  return tree as? T ?? value
}
