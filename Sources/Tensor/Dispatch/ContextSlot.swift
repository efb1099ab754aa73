import CKernels

/// A pointer that belongs to the running thread: what a call in progress has set up around itself.
///
/// A C `_Thread_local` read costs 2 ns where a task-local value costs 8; the error boundary and the
/// module context are read on every operation.
package enum ContextSlot: Int32 {
  /// The innermost ``ErrorBoundary``.
  case errors = 0
  /// The running module call.
  case modules = 1
  /// Set while the default precision is x64.
  case precision = 2
  /// The functions around the methods of modules, installed by `interceptMethods`.
  case interceptors = 3
  /// The mapped axes that have names.
  case axes = 4
  /// What gathers the diagnostics of models.
  case diagnostics = 5
  /// The trace that looks on at all operations of the thread.
  case ambient = 6
  /// Set while modules in properties keep the names that they were given.
  case adoptedNames = 7
  /// Set while operations are being counted.
  case counting = 8

  package var pointer: UnsafeMutableRawPointer? { ck_context_get(rawValue) }

  /// Runs `body` with the slot set to `value`, then puts back what was there.
  package func with<R, E: Error>(
    _ value: UnsafeMutableRawPointer?, _ body: () throws(E) -> R
  ) throws(E) -> R {
    let previous = pointer
    ck_context_set(rawValue, value)
    defer { ck_context_set(rawValue, previous) }
    return try body()
  }

  /// Runs `body` with the slot set to `object`, which it keeps alive.
  package func with<R, E: Error>(_ object: AnyObject, _ body: () throws(E) -> R) throws(E) -> R {
    defer { withExtendedLifetime(object) {} }
    return try with(Unmanaged.passUnretained(object).toOpaque(), body)
  }

  /// The object in the slot, which the caller knows to be of type `T`.
  package func object<T: AnyObject>(as type: T.Type) -> T? {
    pointer.map { Unmanaged<T>.fromOpaque($0).takeUnretainedValue() }
  }
}
