import Linen

extension Variables: StateSerializable {
  /// Presents the entries in their order, the parts of tuples by number, what is in a box as "value".
  public mutating func visitState(_ visitor: inout StateVisitor) {
    switch node {
    case .dictionary(let entries):
      visitor.begin(.dictionary, names: entries.keys)
      let pairs = entries.map { name, part in
        var part = part
        visitor.present(name, &part)
        return (name, part)
      }
      if visitor.isRestoring { node = .dictionary(Entries(pairs)) }
    case .tensor(var tensor):
      tensor.visitState(&visitor)
      node = .tensor(tensor)
    case .tuple(var elements):
      elements.visitState(&visitor)
      node = .tuple(elements)
    case .boxed(let box): node = .boxed(visited(box, &visitor))
    case .value(let value): node = .value(visited(value, &visitor))
    }
  }

  /// Creates variables of what a file holds, such as a checkpoint of Flax read without a target.
  ///
  /// Lists become tuples; what is neither a dictionary nor an array is kept as a ``StateValue``.
  public init(_ state: StateValue) {
    switch state {
    case .dictionary(let entries):
      self.init(entries.map { ($0.key.description, Variables($0.value)) })
    case .list(let elements): self.init(tuple: elements.map { Variables($0) })
    case .tensor(let tensor), .scalar(let tensor): self.init(tensor)
    default: self.init(value: state)
    }
  }
}

private func visited<Box: AxisMetadata>(_ box: Box, _ visitor: inout StateVisitor) -> Box {
  var box = box
  visitor.visit("value", &box.value)
  return box
}

private func visited<Value: Sendable>(_ value: Value, _ visitor: inout StateVisitor) -> Value {
  if var serializable = value as? any StateSerializable {
    serializable.visitState(&visitor)
    return serializable as? Value ?? value
  }
  if let tree = value as? any TensorTree {
    return visited(tree: tree, &visitor) as? Value ?? value
  }
  visitor.fail("a value of \(type(of: value as Any)), which has no state")
  return value
}

private func visited<Tree: TensorTree>(tree: Tree, _ visitor: inout StateVisitor) -> Tree {
  var tree = tree
  visitor.visitTree(&tree)
  return tree
}
