import Synchronization

/// What is known of a class of modules, found out once.
final class ClassInfo: Sendable {
  let name: String
  /// Stands for the name where only equality counts.
  let nameNumber: Int
  /// The names of the stored properties, which are the same for every instance.
  let fieldLabels: [String]
  /// Their first letters, as bits.
  private let fieldInitials: UInt64
  /// Whether a stored property may hold a module.
  let holdsModules: Bool
  /// Whether the class is one of this library, whose methods are known to be wrapped.
  let isBuiltIn: Bool
  /// Whether a method of the class has ever entered `compact` or `method`.
  private let wasEntered = Atomic<Bool>(false)
  /// The first automatic names, ready made.
  private let automaticNames: [String]

  private init(_ module: Module) {
    let type = type(of: module)
    let name = type.linenName
    self.name = name
    nameNumber = ClassInfo.names.withLock { names in
      if let place = names.firstIndex(of: name) { return place }
      names.append(name)
      return names.count - 1
    }
    fieldLabels = Fields.values(of: module).map(\.label)
    fieldInitials = fieldLabels.reduce(0) { $0 | ($1.utf8.first.map(bit) ?? 0) }
    holdsModules = type.holdsModules && !fieldLabels.isEmpty
    isBuiltIn = String(reflecting: type).hasPrefix("Linen.")
    automaticNames = (0..<32).map { "\(name)_\($0)" }
  }

  /// Whether a module in a stored property can get this name: that of the property, perhaps with a
  /// suffix.
  func mayNameField(_ name: String) -> Bool {
    guard let first = name.utf8.first, fieldInitials & bit(first) != 0 else { return false }
    return fieldLabels.contains { label in
      name.hasPrefix(label)
        && (name.utf8.count == label.utf8.count || name.dropFirst(label.count).first == "_")
    }
  }

  /// Whether no method of the class ever ran, though it is not known to wrap them.
  var isSuspect: Bool { !isBuiltIn && !wasEntered.load(ordering: .relaxed) }

  func noteEntered() {
    if isSuspect { wasEntered.store(true, ordering: .relaxed) }
  }

  func automaticName(_ index: Int) -> String {
    index < automaticNames.count ? automaticNames[index] : "\(name)_\(index)"
  }

  private static let names = Mutex<[String]>([])
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

/// The bit that stands for a letter; several letters may share it.
private func bit(_ letter: UInt8) -> UInt64 { 1 << UInt64(letter & 63) }
