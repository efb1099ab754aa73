import Tensor

/// A table of numbers, as a CSV file holds one.
public struct NumericTable: Sendable {
  /// The path of the file it was read from.
  public let file: String
  /// The names of the columns, if the file has a line of them.
  public let columnNames: [String]?
  /// The number of columns.
  public let columnCount: Int
  /// The numbers, row by row.
  public let values: [Float]
  /// The line of the file that each row stands on, counted from 1.
  public let lines: [Int]

  /// The number of rows.
  public var rowCount: Int { lines.count }

  /// The numbers as a float32 tensor `[rows, columns]`.
  public var tensor: Tensor { Tensor(values, shape: [rowCount, columnCount]) }

  /// Reads a CSV file, gzipped or not, that has the same number of numbers on each line.
  ///
  /// Fields may stand in double quotes and have blanks around them; empty lines are passed over.
  /// With `hasHeader` the first line names the columns.
  /// - Throws: a ``DataFileError`` with the line and column of what is not a number or missing.
  public init(
    csv path: String, hasHeader: Bool = false, separator: Character = ","
  ) throws(DataFileError) {
    guard let separator = separator.asciiValue else {
      throw DataFileError(
        path, .file, found: "the separator \(separator)", expected: "an ASCII character")
    }
    let file = try DataFile(path, expected: "a CSV file")
    var parser = CSVParser(file: file, separator: separator)
    self.file = path
    columnNames = hasHeader ? try parser.names() : nil
    try parser.numbers(columnCount: columnNames?.count)
    columnCount = parser.columnCount ?? 0
    values = parser.values
    lines = parser.lines
  }
}

/// Reads the lines of a CSV file from first to last.
private struct CSVParser {
  let file: DataFile
  let separator: UInt8
  private var offset = 0
  private var line = 1
  private(set) var values: [Float] = []
  private(set) var lines: [Int] = []
  private(set) var columnCount: Int?

  init(file: DataFile, separator: UInt8) {
    self.file = file
    self.separator = separator
  }

  mutating func names() throws(DataFileError) -> [String] {
    skipEmptyLines()
    var names: [String] = []
    var isLineEnd = false
    while !isLineEnd {
      let field = try field(column: names.count + 1, &isLineEnd)
      names.append(String(decoding: field, as: UTF8.self))
    }
    return names
  }

  mutating func numbers(columnCount expected: Int?) throws(DataFileError) {
    columnCount = expected
    skipEmptyLines()
    while offset < file.bytes.count {
      let ownLine = line
      var column = 0
      var isLineEnd = false
      while !isLineEnd {
        column += 1
        let field = try field(column: column, &isLineEnd)
        guard let value = number(field) else {
          let text = String(decoding: field.prefix(40), as: UTF8.self)
          throw failure(
            ownLine, column, field.isEmpty ? "nothing" : "\"\(text)\"", "a number")
        }
        values.append(value)
      }
      if let columnCount, column != columnCount {
        throw failure(ownLine, column, "\(column) fields", "\(columnCount)")
      }
      columnCount = column
      lines.append(ownLine)
      skipEmptyLines()
    }
    guard !lines.isEmpty else { throw failure(line, 1, "the end of the file", "a line of numbers") }
  }

  private func failure(
    _ line: Int, _ column: Int, _ found: String, _ expected: String
  ) -> DataFileError {
    DataFileError(file.path, .line(line, column: column), found: found, expected: expected)
  }

  private mutating func skipEmptyLines() {
    while offset < file.bytes.count, isLineEnd(file.bytes[offset]) { skipLineEnd() }
  }

  private func isLineEnd(_ byte: UInt8) -> Bool { byte == ascii("\n") || byte == ascii("\r") }

  /// Passes over `\n`, `\r` or `\r\n`.
  private mutating func skipLineEnd() {
    let isPair =
      file.bytes[offset] == ascii("\r") && offset + 1 < file.bytes.count
      && file.bytes[offset + 1] == ascii("\n")
    offset += isPair ? 2 : 1
    line += 1
  }

  /// The next field, without quotes and the blanks around it; moves behind its separator.
  private mutating func field(
    column: Int, _ endsLine: inout Bool
  ) throws(DataFileError) -> ArraySlice<UInt8> {
    let bytes = file.bytes
    let (start, ownLine) = (offset, line)
    while offset < bytes.count, bytes[offset] != separator, !isLineEnd(bytes[offset]) {
      offset += 1
    }
    var field = bytes[start..<offset]
    endsLine = offset == bytes.count || bytes[offset] != separator
    if offset < bytes.count {
      if endsLine { skipLineEnd() } else { offset += 1 }
    }
    func isBlank(_ byte: UInt8) -> Bool { byte == ascii(" ") || byte == ascii("\t") }
    field = field.drop(while: isBlank)
    while let last = field.last, isBlank(last) { field.removeLast() }
    if field.first == ascii("\"") {
      guard field.count > 1, field.last == ascii("\"") else {
        throw failure(ownLine, column, "a quote that is not closed", "a closing quote")
      }
      field = field.dropFirst().dropLast()
    }
    return field
  }

  /// The number that the field writes, if it does.
  private func number(_ field: ArraySlice<UInt8>) -> Float? {
    // Whole numbers of up to seven digits, the bulk of image data, need no general parser.
    let digits = ascii("0")...ascii("9")
    if !field.isEmpty, field.count <= 7, field.allSatisfy({ digits.contains($0) }) {
      return Float(field.reduce(0) { $0 * 10 + Int($1 - ascii("0")) })
    }
    return field.isEmpty ? nil : Float(String(decoding: field, as: UTF8.self))
  }
}

private func ascii(_ character: Unicode.Scalar) -> UInt8 {
  UInt8(truncatingIfNeeded: character.value)
}
