/// Looks into modules for the modules that their stored properties hold.
enum Fields {
  /// The stored properties of a module with their values, those of its superclasses first.
  static func values(of module: Module) -> [(label: String, value: Any)] {
    var mirrors: [Mirror] = []
    var mirror: Mirror? = Mirror(reflecting: module)
    while let current = mirror, current.subjectType != Module.self {
      mirrors.append(current)
      mirror = current.superclassMirror
    }
    return mirrors.reversed().flatMap { mirror in
      mirror.children.compactMap { child in
        guard let label = child.label, !(child.value is any SetupProperty) else { return nil }
        return (label, child.value)
      }
    }
  }

  /// Presents the modules in a value with the suffix of their names: `_0` in an array, `_key` in a
  /// dictionary.
  static func forEachModule(in value: Any, _ body: (String, Module) -> Void) {
    search(value, "", body)
  }

  private static func search(_ value: Any, _ suffix: String, _ body: (String, Module) -> Void) {
    switch value {
    case let module as Module: body(suffix, module)
    case is Tensor, is String, is Int, is Bool, is Double, is DType, is Initializer: return
    case let modules as [Module]:
      for (index, module) in modules.enumerated() { body("\(suffix)_\(index)", module) }
    case let modules as [String: Module]:
      for (key, module) in modules.sorted(by: { $0.key < $1.key }) {
        body("\(suffix)_\(key)", module)
      }
    default: searchParts(value, suffix, body)
    }
  }

  private static func searchParts(
    _ value: Any, _ suffix: String, _ body: (String, Module) -> Void
  ) {
    let mirror = Mirror(reflecting: value)
    switch mirror.displayStyle {
    case .optional:
      for child in mirror.children { search(child.value, suffix, body) }
    case .collection, .set, .tuple:
      for (index, child) in mirror.children.enumerated() {
        search(child.value, "\(suffix)_\(index)", body)
      }
    case .dictionary:
      let pairs = mirror.children.compactMap { child -> (key: String, value: Any)? in
        let parts = Array(Mirror(reflecting: child.value).children)
        return parts.count == 2 ? ("\(parts[0].value)", parts[1].value) : nil
      }
      for pair in pairs.sorted(by: { $0.key < $1.key }) {
        search(pair.value, "\(suffix)_\(pair.key)", body)
      }
    default: return
    }
  }
}
