import Linen

extension Array: StateSerializable where Element: StateSerializable {
  /// Presents the elements under "0", "1", ...
  public mutating func visitState(_ visitor: inout StateVisitor) {
    visitor.begin(.list, names: indices.map(String.init))
    for index in indices { visitor.present("\(index)", &self[index]) }
  }
}

extension Dictionary: StateSerializable where Key == String, Value: StateSerializable {
  /// Presents the values in the order of their sorted keys.
  public mutating func visitState(_ visitor: inout StateVisitor) {
    let names = keys.sorted()
    visitor.begin(.dictionary, names: names)
    for name in names {
      guard var value = self[name] else { continue }
      visitor.present(name, &value)
      if visitor.isRestoring { self[name] = value }
    }
  }
}

extension Optional: StateSerializable where Wrapped: StateSerializable {
  /// Presents the value, if there is one, or nothing.
  public mutating func visitState(_ visitor: inout StateVisitor) {
    guard var value = self else {
      visitor.visitLeaf(.null) { state in
        if case .null = state { return nil }
        return .kind(found: state.kind, expected: "nothing")
      }
      return
    }
    value.visitState(&visitor)
    self = value
  }
}

extension StateValue: StateSerializable {
  /// Presents the entries and elements, and what is at their ends by its kind.
  public mutating func visitState(_ visitor: inout StateVisitor) {
    switch self {
    case .dictionary(var entries):
      visitor.begin(.dictionary, names: entries.keys.map(\.description))
      for (key, var value) in entries {
        visitor.present(key.description, &value)
        if visitor.isRestoring { entries[key] = value }
      }
      self = .dictionary(entries)
    case .list(var elements):
      elements.visitState(&visitor)
      self = .list(elements)
    case .tensor(var tensor):
      tensor.visitState(&visitor)
      self = .tensor(tensor)
    default:
      let own = self
      visitor.visitLeaf(own) { state in
        guard own.hasKind(of: state) else {
          return .kind(found: state.kind, expected: own.kind)
        }
        self = state
        return nil
      }
    }
  }

  /// Whether both are numbers, texts and so on.
  private func hasKind(of other: StateValue) -> Bool {
    switch (self, other) {
    case (.scalar(let a), .scalar(let b)): a.dtype == b.dtype
    case (.foreign(let a), .foreign(let b)): a.dtype == b.dtype && a.shape == b.shape
    case (.bytes, .bytes): true
    default: kind == other.kind
    }
  }
}
