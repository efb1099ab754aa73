extension Module: Hashable {
  /// Whether two modules are of one class and configured alike.
  ///
  /// Their names, and where they are used, do not count. Functions and tensors are equal only in one
  /// and the same module.
  public static func == (a: Module, b: Module) -> Bool {
    a === b || (type(of: a) == type(of: b) && fields(a, equal: b))
  }

  private static func fields(_ a: Module, equal b: Module) -> Bool {
    let (x, y) = (Fields.values(of: a), Fields.values(of: b))
    return x.count == y.count && zip(x, y).allSatisfy { equal($0.value, $1.value) }
  }

  private static func equal(_ a: Any, _ b: Any) -> Bool {
    if let x = a as? AnyHashable, let y = b as? AnyHashable { return x == y }
    if let x = a as? Initializer, let y = b as? Initializer {
      return x.description == y.description
    }
    let (x, y) = (Mirror(reflecting: a), Mirror(reflecting: b))
    switch x.displayStyle {
    case .optional, .collection, .tuple:
      return x.children.count == y.children.count
        && zip(x.children, y.children).allSatisfy { equal($0.value, $1.value) }
    default: return false
    }
  }

  /// Hashes the class and what of the configuration can be hashed.
  func hashConfiguration(into hasher: inout Hasher) {
    hasher.combine(ObjectIdentifier(type(of: self)))
    for field in Fields.values(of: self) {
      if let value = field.value as? AnyHashable { hasher.combine(value) }
    }
  }
}
