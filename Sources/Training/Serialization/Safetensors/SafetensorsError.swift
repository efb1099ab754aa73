/// A safetensors file that can't be read or written: the file, the byte, and what was expected.
public struct SafetensorsError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The path of the file.
  public let file: String
  /// The byte in the file at which the mistake lies, where it has a place.
  public let offset: Int?
  /// What is wrong.
  public let message: String

  /// Describes a mistake.
  public init(file: String, offset: Int? = nil, message: String) {
    self.file = file
    self.offset = offset
    self.message = message
  }

  /// The file, the byte and the message.
  public var description: String {
    offset.map { "\(file): byte \($0): \(message)" } ?? "\(file): \(message)"
  }
}
