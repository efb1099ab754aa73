#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Tells when little is left of a thread's stack: modules that call each other without end are an error
/// then, as Python's recursion limit makes them one in Flax.
enum StackLimit {
  /// What the text of the error, and the operations on the way, may still need.
  private static let reserve: UInt = 256 * 1024

  /// Finding the limit may read a file, so that each thread keeps its own.
  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key, nil)
    return key
  }()

  /// The address of this thread's stack below which little is left; 0 if it is not known.
  static var current: UInt {
    if let known = pthread_getspecific(key) { return UInt(bitPattern: known) }
    let limit = bounds.map { $0.low + min(reserve, $0.size / 4) } ?? 0
    pthread_setspecific(key, UnsafeRawPointer(bitPattern: limit))
    return limit
  }

  /// Whether the running function's frame is below a limit.
  @inline(__always)
  static func isReached(_ limit: UInt) -> Bool {
    var here: UInt8 = 0
    return withUnsafeMutablePointer(to: &here) { UInt(bitPattern: $0) } < limit
  }

  #if canImport(Darwin)
  private static var bounds: (low: UInt, size: UInt)? {
    let size = UInt(pthread_get_stacksize_np(pthread_self()))
    return (UInt(bitPattern: pthread_get_stackaddr_np(pthread_self())) - size, size)
  }
  #else
  private typealias GetAttributes =
    @convention(c) (pthread_t, UnsafeMutablePointer<pthread_attr_t>) -> Int32

  private static var bounds: (low: UInt, size: UInt)? {
    // The header shows the function to programs in C alone.
    guard let symbol = dlsym(nil, "pthread_getattr_np") else { return nil }
    let getAttributes = unsafeBitCast(symbol, to: GetAttributes.self)
    var attributes = pthread_attr_t()
    guard getAttributes(pthread_self(), &attributes) == 0 else { return nil }
    defer { pthread_attr_destroy(&attributes) }
    var low: UnsafeMutableRawPointer?
    var size = 0
    guard pthread_attr_getstack(&attributes, &low, &size) == 0 else { return nil }
    return (UInt(bitPattern: low), UInt(size))
  }
  #endif
}
