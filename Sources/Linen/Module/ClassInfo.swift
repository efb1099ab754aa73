import Synchronization

/// What is known of a class of modules, found out once.
final class ClassInfo: Sendable {
  let name: String
  /// The names of the stored properties, which are the same for every instance.
  let fieldLabels: [String]
  /// Whether a stored property may hold a module.
  let holdsModules: Bool
  /// Whether the class is one of this library, whose methods are known to be wrapped.
  let isBuiltIn: Bool
  /// Whether a method of the class has ever entered `compact` or `method`.
  let wasEntered = Atomic<Bool>(false)
  /// The first automatic names, ready made.
  private let names: [String]

  private init(_ module: Module) {
    let type = type(of: module)
    let name = type.linenName
    self.name = name
    fieldLabels = Fields.values(of: module).map(\.label)
    holdsModules = type.holdsModules && !fieldLabels.isEmpty
    isBuiltIn = String(reflecting: type).hasPrefix("Linen.")
    names = (0..<32).map { "\(name)_\($0)" }
  }

  func automaticName(_ index: Int) -> String {
    index < names.count ? names[index] : "\(name)_\(index)"
  }

  private static let known = Mutex<[ObjectIdentifier: ClassInfo]>([:])

  static func of(_ module: Module) -> ClassInfo {
    let key = ObjectIdentifier(type(of: module))
    if let info = known.withLock({ $0[key] }) { return info }
    let info = ClassInfo(module)
    return known.withLock { known in
      if let other = known[key] { return other }
      known[key] = info
      return info
    }
  }
}
