/// A data file that can't be used: which, where in it, what is there and what was expected.
public struct DataFileError: Error, Hashable, Sendable {
  /// A place in a file.
  public enum Place: Hashable, Sendable {
    /// The file as a whole: it is missing or can't be read.
    case file
    /// An offset in bytes from the start of the file.
    case byte(Int)
    /// An offset in bytes from the start of what the compressed file contains.
    case uncompressedByte(Int)
    /// A line and a column of a table, both counted from 1.
    case line(Int, column: Int)
  }

  /// The path of the file.
  public let file: String
  /// Where in the file.
  public let place: Place
  /// What is there.
  public let found: String
  /// What was expected.
  public let expected: String

  /// Describes what is wrong with a file.
  public init(_ file: String, _ place: Place, found: String, expected: String) {
    self.file = file
    self.place = place
    self.found = found
    self.expected = expected
  }
}

extension DataFileError: CustomStringConvertible {
  /// The message, such as `digits.csv: line 3, column 65: found "x", expected a number`.
  public var description: String { "\(file): \(place)found \(found), expected \(expected)" }
}

extension DataFileError.Place: CustomStringConvertible {
  /// The place with a colon behind it; nothing for the whole file.
  public var description: String {
    switch self {
    case .file: ""
    case .byte(let offset): "byte \(offset): "
    case .uncompressedByte(let offset): "byte \(offset) of the uncompressed data: "
    case .line(let line, let column): "line \(line), column \(column): "
    }
  }
}
