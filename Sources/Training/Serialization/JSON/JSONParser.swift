/// A text that is not JSON: what is wrong and at which byte.
package struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
  package let offset: Int
  package let message: String

  package var description: String { "invalid JSON at byte \(offset): \(message)" }
}

extension JSON {
  /// Reads a text in UTF-8; white space may follow the value, anything else is an error.
  package init(parsing bytes: UnsafeRawBufferPointer) throws(JSONError) {
    var parser = JSONParser(bytes)
    self = try parser.document()
  }

  /// Reads a text in UTF-8.
  package init(parsing bytes: some Sequence<UInt8>) throws(JSONError) {
    let result = Array(bytes).withUnsafeBytes { buffer in
      Result { () throws(JSONError) in try JSON(parsing: buffer) }
    }
    self = try result.get()
  }
}

/// A recursive descent over the bytes.
private struct JSONParser {
  private let bytes: UnsafeRawBufferPointer
  private var position = 0
  private var depth = 0
  /// Deeper texts are refused rather than risking the stack.
  private static let maximumDepth = 256

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  mutating func document() throws(JSONError) -> JSON {
    let value = try value()
    skipSpace()
    guard position == bytes.count else { throw error("expected the end of the text") }
    return value
  }

  private func error(_ message: String) -> JSONError {
    JSONError(offset: position, message: message)
  }

  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      position += 1
    }
  }

  private mutating func value() throws(JSONError) -> JSON {
    skipSpace()
    switch current {
    case UInt8(ascii: "{"): return try nested { parser throws(JSONError) in try parser.object() }
    case UInt8(ascii: "["): return try nested { parser throws(JSONError) in try parser.array() }
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case nil: throw error("the text ends where a value was expected")
    default: return try number()
    }
  }

  private mutating func nested(
    _ body: (inout JSONParser) throws(JSONError) -> JSON
  ) throws(JSONError) -> JSON {
    guard depth < JSONParser.maximumDepth else {
      throw error("nested deeper than \(JSONParser.maximumDepth)")
    }
    depth += 1
    defer { depth -= 1 }
    position += 1
    return try body(&self)
  }

  private mutating func word(_ word: String, _ value: JSON) throws(JSONError) -> JSON {
    for byte in word.utf8 {
      guard current == byte else { throw error("expected \(word)") }
      position += 1
    }
    return value
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    skipSpace()
    guard current == byte else { return false }
    position += 1
    return true
  }

  private mutating func array() throws(JSONError) -> JSON {
    var elements: [JSON] = []
    if take(UInt8(ascii: "]")) { return .array([]) }
    repeat { elements.append(try value()) } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "]")) else { throw error("expected , or ]") }
    return .array(elements)
  }

  private mutating func object() throws(JSONError) -> JSON {
    var members: [JSON.Member] = []
    var keys: Set<String> = []
    if take(UInt8(ascii: "}")) { return .object([]) }
    repeat {
      skipSpace()
      guard current == UInt8(ascii: "\"") else { throw error("expected a key") }
      let key = try string()
      guard keys.insert(key).inserted else { throw error("the key \"\(key)\" occurs twice") }
      guard take(UInt8(ascii: ":")) else { throw error("expected :") }
      members.append(JSON.Member(key, try value()))
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "}")) else { throw error("expected , or }") }
    return .object(members)
  }

  private mutating func number() throws(JSONError) -> JSON {
    let start = position
    var isInteger = true
    if current == UInt8(ascii: "-") { position += 1 }
    let first = position
    try digits()
    if position - first > 1, bytes[first] == UInt8(ascii: "0") {
      position = first
      throw error("a number starts with 0")
    }
    if current == UInt8(ascii: ".") {
      isInteger = false
      position += 1
      try digits()
    }
    if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
      isInteger = false
      position += 1
      if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
      try digits()
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isInteger, let value = Int(text) { return .integer(value) }
    guard let value = Double(text) else { throw error("expected a number") }
    return .number(value)
  }

  private mutating func digits() throws(JSONError) {
    let start = position
    while let byte = current, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte { position += 1 }
    guard position > start else {
      throw error(start < bytes.count ? "expected a value" : "the text ends within a number")
    }
  }

  private mutating func string() throws(JSONError) -> String {
    position += 1
    let start = position
    var scalars: [UInt8] = []
    while true {
      guard let byte = current else { throw error("the text ends within a string") }
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: scalars, as: UTF8.self) else {
          position = start
          throw error("the string is not UTF-8")
        }
        return text
      case UInt8(ascii: "\\"): scalars.append(contentsOf: try escape())
      case 0..<0x20:
        position -= 1
        throw error("a control character within a string")
      default: scalars.append(byte)
      }
    }
  }

  private mutating func escape() throws(JSONError) -> [UInt8] {
    guard let byte = current else { throw error("the text ends within a string") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"): return try unicode()
    default:
      position -= 1
      throw error("an unknown escape")
    }
  }

  /// A code point of the form \uXXXX, or two that make a surrogate pair.
  private mutating func unicode() throws(JSONError) -> [UInt8] {
    var code = try hexadecimal()
    if 0xD800..<0xDC00 ~= code {
      guard current == UInt8(ascii: "\\") else { throw error("a lone surrogate") }
      position += 1
      guard current == UInt8(ascii: "u") else { throw error("a lone surrogate") }
      position += 1
      let low = try hexadecimal()
      guard 0xDC00..<0xE000 ~= low else { throw error("a lone surrogate") }
      code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(code) else { throw error("a lone surrogate") }
    return Array(String(Character(scalar)).utf8)
  }

  private mutating func hexadecimal() throws(JSONError) -> UInt32 {
    guard position + 4 <= bytes.count,
      let code = UInt32(
        String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
    else { throw error("expected four hexadecimal digits") }
    position += 4
    return code
  }
}
