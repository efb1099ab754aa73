/// The place at which recorded errors are thrown.
///
/// A failing operation records its error here and returns a placeholder of the shape it would have
/// given; the first error wins, and what is computed after it is discarded.
package final class ErrorBoundary {
  package private(set) var first: (any Error)?

  package init() {}

  /// The innermost boundary of this thread.
  package static var current: ErrorBoundary? { ContextSlot.errors.object(as: ErrorBoundary.self) }

  package func record(_ error: any Error) {
    if first == nil { first = error }
  }
}

/// An error that can tell the module in which it was recorded.
package protocol LocatedError: Error {
  var path: String? { get set }
}

extension TensorError: LocatedError {}

/// Names the place that is running, for the errors recorded there; set by the module system.
package protocol ErrorLocation: AnyObject {
  var errorPath: String? { get }
}

/// Runs `body` and throws the first error that an operation recorded in it.
///
/// Inside, a failing operation returns a placeholder of the expected shape and the program goes on
/// to the end of `body`; outside of every boundary it stops the process with the same message.
/// - Throws: the first recorded error, or what `body` throws.
public func withErrors<R>(_ body: () throws -> R) throws -> R {
  let boundary = ErrorBoundary()
  let result = Result { try ContextSlot.errors.with(boundary, body) }
  if let error = boundary.first { throw error }
  return try result.get()
}

/// Throws the error that has been recorded so far, if there is one.
///
/// For host code that would do harm with a placeholder: a loop until a value converges, a file write.
public func checkErrors() throws {
  if let error = ErrorBoundary.current?.first { throw error }
}

/// Records an error with the running module's path; without a boundary, stops the process.
package func record(_ error: any Error) {
  var error = error
  if var located = error as? any LocatedError, located.path == nil {
    located.path = currentErrorPath()
    error = located
  }
  guard let boundary = ErrorBoundary.current else {
    fatalError("\(error)\nhint: inside withErrors { } or a transform this error is thrown")
  }
  boundary.record(error)
}

/// The path of the running module call; the object in the slot is known to be an `ErrorLocation`.
private func currentErrorPath() -> String? {
  guard let pointer = ContextSlot.modules.pointer else { return nil }
  let object = Unmanaged<AnyObject>.fromOpaque(pointer).takeUnretainedValue()
  return (object as? any ErrorLocation)?.errorPath
}
