import Foundation

/// An operation on a file that the system refused.
public struct FileError: Error, Hashable, Sendable {
  /// The path of the file or folder.
  public let path: String
  /// What was to be done, such as `write`.
  public let operation: String
  /// The system's number of what is wrong.
  public let code: Int32

  /// Describes what the system refused; by default with the number of its last error.
  public init(_ operation: String, _ path: String, code: Int32 = errno) {
    self.operation = operation
    self.path = path
    self.code = code
  }

  /// Describes what Foundation was refused.
  init(_ operation: String, _ path: String, _ error: any Error) {
    let error = error as NSError
    let cause = error.userInfo[NSUnderlyingErrorKey] as? NSError ?? error
    let code = cause.domain == NSPOSIXErrorDomain ? Int32(cause.code) : EIO
    self.init(operation, path, code: code)
  }

  /// What the system says.
  public var reason: String { String(cString: strerror(code)) }
}

extension FileError: CustomStringConvertible {
  /// The path, the operation and what the system says.
  public var description: String { "\(path): can't \(operation): \(reason)" }
}
