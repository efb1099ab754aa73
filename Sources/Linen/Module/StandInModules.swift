import Synchronization

/// Instances of classes of modules made without their initializers, which take arguments that nobody
/// knows.
///
/// Only the class is certain to be right: ``Module/compact(function:_:)`` and its kin do not run the
/// bodies of such a module's methods where the result can be made without.
enum StandInModules {
  private struct Instances: @unchecked Sendable {
    var byType: [ObjectIdentifier: Module] = [:]
    var all: Set<ObjectIdentifier> = []
  }

  private static let instances = Mutex(Instances())

  static func contains(_ module: Module) -> Bool {
    instances.withLock { $0.all.contains(ObjectIdentifier(module)) }
  }

  /// The instance of a class; nil where the layout of its properties is not known.
  ///
  /// It lives as long as the process, since its properties need not be values that can be released.
  static func instance(of type: Module.Type) -> Module? {
    guard FieldLayout.isKnown else { return nil }
    let key = ObjectIdentifier(type)
    if let known = instances.withLock({ $0.byType[key] }) { return known }
    let module = unfilled(type)
    _ = fill(type, Unmanaged.passUnretained(module).toOpaque())
    return instances.withLock { instances in
      if let known = instances.byType[key] { return known }
      instances.byType[key] = module
      instances.all.insert(ObjectIdentifier(module))
      return module
    }
  }

  /// Makes an object of a class whose properties are zero: it begins as one of another class that is
  /// as large.
  private static func unfilled(_ type: Module.Type) -> Module {
    let header = 2 * MemoryLayout<UInt>.size
    var end = header
    FieldLayout.forEachField(of: type) { offset, part in end = max(end, offset + size(of: part)) }
    let words = (end - header + 7) / 8
    let buffer = ManagedBuffer<Void, UInt64>.create(minimumCapacity: words) { _ in }
    buffer.withUnsafeMutablePointerToElements { $0.initialize(repeating: 0, count: words) }
    let object = Unmanaged.passRetained(buffer).toOpaque()
    object.storeBytes(of: unsafeBitCast(type, to: UInt.self), as: UInt.self)
    return Unmanaged<Module>.fromOpaque(object).takeUnretainedValue()
  }

  /// Writes stand-ins to all parts of a value that have one, and says whether all have.
  static func fill(_ type: Any.Type, _ memory: UnsafeMutableRawPointer) -> Bool {
    var isWhole = true
    FieldLayout.forEachField(of: type) { offset, part in
      if !write(part, to: memory + offset) { isWhole = false }
    }
    return isWhole
  }

  private static func write<T>(_ type: T.Type, to memory: UnsafeMutableRawPointer) -> Bool {
    guard let value = makeStandIn(for: type) else { return false }
    memory.initializeMemory(as: T.self, to: value)
    return true
  }

  private static func size<T>(of type: T.Type) -> Int { MemoryLayout<T>.size }
}
