extension TreeKey {
  /// The key, the field's name, or the digits of the place.
  public var name: String {
    switch self {
    case .key(let name), .field(let name): name
    case .index(let index): "\(index)"
    }
  }
}

extension TreePath {
  /// The names of the steps, outermost first.
  public var names: [String] { keys.map(\.name) }
}
