/// Looks into modules for the modules that their stored properties hold.
enum Fields {
  /// The stored properties of a module, by the names that modules in them get, with their values;
  /// those of its superclasses first.
  static func values(of module: Module) -> [(label: String, value: Any)] {
    if let fields = module.fieldValues {
      let names = type(of: module).submoduleNames
      return fields.map { (names[$0.key] ?? $0.key, $0.value) }
    }
    var mirrors: [Mirror] = []
    var mirror: Mirror? = Mirror(reflecting: module)
    while let current = mirror, current.subjectType != Module.self {
      mirrors.append(current)
      mirror = current.superclassMirror
    }
    let names = type(of: module).submoduleNames
    return mirrors.reversed().flatMap { mirror in
      mirror.children.compactMap { child in
        guard let label = child.label, !(child.value is any SetupProperty) else { return nil }
        return (names[label] ?? label, child.value)
      }
    }
  }

  /// Presents the modules in a value with the suffix of their names: `_0` in an array, `_key` in a
  /// dictionary.
  static func forEachModule(in value: Any, _ body: (String, Module) -> Void) {
    if let module = value as? Module {
      body("", module)
    } else if let modules = value as? any ModuleHolder {
      modules.forEachModule(body)
    } else {
      searchParts(value, "", body)
    }
  }

  private static func search(_ value: Any, _ suffix: String, _ body: (String, Module) -> Void) {
    forEachModule(in: value) { body(suffix + $0, $1) }
  }

  private static func searchParts(
    _ value: Any, _ suffix: String, _ body: (String, Module) -> Void
  ) {
    if value is any LeafValue { return }
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

/// The usual ways to hold modules, which are looked into without reflection.
protocol ModuleHolder {
  func forEachModule(_ body: (String, Module) -> Void)
}

extension Array: ModuleHolder where Element: Module {
  func forEachModule(_ body: (String, Module) -> Void) {
    for (index, module) in enumerated() { body("_\(index)", module) }
  }
}

extension Dictionary: ModuleHolder where Key == String, Value: Module {
  func forEachModule(_ body: (String, Module) -> Void) {
    for (key, module) in sorted(by: { $0.key < $1.key }) { body("_\(key)", module) }
  }
}

/// Types that hold no modules, so that reflection need not look.
private protocol LeafValue {}

extension Int: LeafValue {}
extension Double: LeafValue {}
extension Bool: LeafValue {}
extension String: LeafValue {}
extension DType: LeafValue {}
extension Tensor: LeafValue {}
extension Initializer: LeafValue {}
extension Variable: LeafValue {}
