import Synchronization

/// Marks a property of a module that ``Module/setup()`` sets: a submodule, several, or a parameter.
///
///     final class AutoEncoder: Module, @unchecked Sendable {
///       @Setup var encoder: Dense
///       @Setup var layers: [Dense]
///
///       override func setup() {
///         encoder = Dense(3)
///         layers = [Dense(5), Dense(9)]
///       }
///     }
///
/// Submodules are called after the property: `encoder`, `layers_0`, `layers_1`; those in a
/// dictionary after the property and their key. The values belong to the running call, not to the
/// module: reading a property outside of `initialize`, `apply` and `bind` is an error, and so is
/// setting one outside of `setup`; an optional one that `setup` does not set is nil.
@propertyWrapper
public struct Setup<Value>: Sendable {
  /// Names the property of this instance.
  let id = SetupID.next()

  /// Creates a property without a value.
  public init() {}

  /// The value; use the property of the module.
  @available(*, unavailable, message: "@Setup is for properties of modules")
  public var wrappedValue: Value {
    get { fatalError("@Setup is for properties of modules") }
    // swift-format-ignore
    set {}
  }

  /// The value in the running call.
  public static subscript<M: Module>(
    _enclosingInstance module: M, wrapped value: ReferenceWritableKeyPath<M, Value>,
    storage storage: ReferenceWritableKeyPath<M, Setup<Value>>
  ) -> Value {
    get { module.readProperty(module[keyPath: storage].id, storage) }
    set { module.setProperty(module[keyPath: storage].id, storage, newValue) }
  }
}

/// Numbers the properties of all instances.
enum SetupID {
  private static let counter = Atomic<UInt64>(0)

  static func next() -> UInt64 { counter.add(1, ordering: .relaxed).newValue }
}

/// A property marked with `Setup`, whatever its type.
protocol SetupProperty {
  var id: UInt64 { get }
}

extension Setup: SetupProperty {}

/// Holds the value of a property in a binding.
private final class SetupValue<Value> {
  let value: Value
  init(_ value: Value) { self.value = value }
}

extension Module {
  func readProperty<Value>(_ id: UInt64, _ storage: AnyKeyPath) -> Value {
    if let binding = ModuleContext.current?.binding(of: self) {
      if !binding.isSetUp { ModuleContext.current?.setUp(binding) }
      if let value = binding.property(id) {
        // The number belongs to this property alone, so the type is that of the property.
        return unsafeDowncast(value, to: SetupValue<Value>.self).value
      }
      return missingProperty(id, storage, isBound: true)
    }
    return missingProperty(id, storage, isBound: false)
  }

  func setProperty<Value>(_ id: UInt64, _ storage: AnyKeyPath, _ value: Value) {
    let name = Fields.label(of: storage, id, self)
    guard let context = ModuleContext.current, let binding = context.binding(of: self) else {
      recordUnbound(.setupUnbound(module: ClassInfo.of(self).name, attribute: name))
      return
    }
    guard binding.isInSetup else {
      record(
        LinenError(
          .attributeFrozen(module: binding.info.name, attribute: name, value: "\(value)")))
      return
    }
    binding.setProperty(id, SetupValue(value))
    if Value.self != Tensor.self { binding.context.adopt(value, name, binding) }
  }

  /// What stands for a property without a value: nil for an optional that `setup` did not set; after
  /// an error what `setup`, run on the side, would make, or a stand-in.
  private func missingProperty<Value>(
    _ id: UInt64, _ storage: AnyKeyPath, isBound: Bool
  ) -> Value {
    if isBound, let none = (Value.self as? any OptionalValue.Type)?.none as? Value { return none }
    let name = Fields.label(of: storage, id, self)
    let fact = LinenError.Fact.attributeMissing(
      module: ClassInfo.of(self).name, attribute: name, isBound: isBound)
    recordUnbound(fact)
    if !isBound, !StandInModules.contains(self), let value: Value = detachedProperty(id) {
      return value
    }
    if let value: Value = makeStandIn() { return value }
    // setup() never sets the property: a mistake in the class, for which no value can stand.
    fatalError("\(LinenError(fact))")
  }

  private func detachedProperty<Value>(_ id: UInt64) -> Value? {
    try? withErrors {
      let scope = Scope.bind([:], rngs: Key(0), mutable: true)
      let context = ModuleContext()
      let binding = context.bindRoot(self, scope)
      ContextSlot.modules.with(context) { context.setUp(binding) }
      return binding.property(id).map { unsafeDowncast($0, to: SetupValue<Value>.self).value }
    }
  }
}

private protocol OptionalValue {
  static var none: Self { get }
}

extension Optional: OptionalValue {}

extension Fields {
  /// A key path to a property of a class: a constant.
  private struct Path: Hashable, @unchecked Sendable {
    let keyPath: AnyKeyPath
  }

  private struct Labels {
    /// By the address of the key path, which is the same for every use of a property of a class that
    /// is not generic; the key path is kept, so that no other can get its address.
    var byAddress: [ObjectIdentifier: (path: Path, label: String)] = [:]
    var byPath: [Path: String] = [:]
  }

  private static let labels = Mutex(Labels())

  /// The name of the property that a key path leads to, without its underscore.
  static func label(of keyPath: AnyKeyPath, _ id: UInt64, _ module: Module) -> String {
    let address = ObjectIdentifier(keyPath)
    if let label = labels.withLock({ $0.byAddress[address]?.label }) { return label }
    let path = Path(keyPath: keyPath)
    if let label = labels.withLock({ $0.byPath[path] }) { return label }
    let label = property(id, of: module).map { String($0.dropFirst()) } ?? "?"
    labels.withLock {
      $0.byAddress[address] = (path, label)
      $0.byPath[path] = label
    }
    return label
  }

  /// Whether the class has properties that `setup` sets.
  static func hasSetup(_ module: Module) -> Bool { property(nil, of: module) != nil }

  private static func property(_ id: UInt64?, of module: Module) -> String? {
    var mirror: Mirror? = Mirror(reflecting: module)
    while let current = mirror, current.subjectType != Module.self {
      for child in current.children {
        guard let property = child.value as? any SetupProperty else { continue }
        if id == nil || property.id == id { return child.label }
      }
      mirror = current.superclassMirror
    }
    return nil
  }
}
