import Foundation
import Linen

/// Reads values from msgpack, checking every length against the bytes that are there.
struct MessagePackReader {
  private let bytes: UnsafeRawBufferPointer
  private var position = 0
  private var depth = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// Reads the one value that makes up all bytes.
  mutating func document() throws(MessagePackError) -> StateValue {
    let value = try value()
    guard position == bytes.count else {
      throw MessagePackError(
        offset: position, "\(bytes.count - position) bytes follow the value")
    }
    return value
  }

  private mutating func value() throws(MessagePackError) -> StateValue {
    let start = position
    let code = try byte()
    switch code {
    case 0x00...0x7F: return .int(Int(code))
    case 0x80...0x8F: return try dictionary(Int(code & 0x0F), start)
    case 0x90...0x9F: return try list(Int(code & 0x0F), start)
    case 0xA0...0xBF: return .string(try text(Int(code & 0x1F), start))
    case 0xC0: return .null
    case 0xC2: return .bool(false)
    case 0xC3: return .bool(true)
    case 0xC4...0xC6: return .bytes(Data(try take(try length(code - 0xC4), start)))
    case 0xC7...0xC9: return try extensionValue(try length(code - 0xC7), start)
    case 0xCA: return .double(Double(Float(bitPattern: try integer())))
    case 0xCB: return .double(Double(bitPattern: try integer()))
    case 0xCC: return .int(Int(try integer() as UInt8))
    case 0xCD: return .int(Int(try integer() as UInt16))
    case 0xCE: return .int(Int(try integer() as UInt32))
    case 0xCF:
      let value: UInt64 = try integer()
      return Int(exactly: value).map(StateValue.int) ?? .unsigned(value)
    case 0xD0: return .int(Int(try integer() as Int8))
    case 0xD1: return .int(Int(try integer() as Int16))
    case 0xD2: return .int(Int(try integer() as Int32))
    case 0xD3: return .int(Int(try integer() as Int64))
    case 0xD4...0xD8: return try extensionValue(1 << Int(code - 0xD4), start)
    case 0xD9...0xDB: return .string(try text(try length(code - 0xD9), start))
    case 0xDC, 0xDD: return try list(try length(code - 0xDC + 1), start)
    case 0xDE, 0xDF: return try dictionary(try length(code - 0xDE + 1), start)
    case 0xE0...0xFF: return .int(Int(Int8(bitPattern: code)))
    default:
      throw MessagePackError(
        offset: start, "the byte \(String(code, radix: 16)) begins no value")
    }
  }

  private mutating func list(_ count: Int, _ start: Int) throws(MessagePackError) -> StateValue {
    try expect(count, of: "elements", bytesEach: 1, start)
    try descend(start)
    // Grows with what is there: a claimed count must not take memory by itself.
    var elements: [StateValue] = []
    for _ in 0..<count { elements.append(try value()) }
    depth -= 1
    return .list(elements)
  }

  private mutating func dictionary(
    _ count: Int, _ start: Int
  ) throws(MessagePackError) -> StateValue {
    try expect(count, of: "entries", bytesEach: 2, start)
    try descend(start)
    var entries = StateValue.Entries()
    for _ in 0..<count {
      let place = position
      let key = try self.key()
      guard entries.updateValue(try value(), forKey: key) == nil else {
        throw MessagePackError(offset: place, "the key \"\(key)\" occurs twice")
      }
    }
    depth -= 1
    if entries[.string(MessagePack.chunkedKey)] != nil {
      do {
        return try joinedChunks(entries)
      } catch {
        throw MessagePackError(offset: start, error.message)
      }
    }
    return .dictionary(entries)
  }

  private mutating func key() throws(MessagePackError) -> StateKey {
    let start = position
    switch try value() {
    case .string(let name): return .string(name)
    case .int(let number): return .int(number)
    case let other:
      throw MessagePackError(
        offset: start, "a key is \(other.kind), expected a text or an integer")
    }
  }

  private mutating func descend(_ start: Int) throws(MessagePackError) {
    guard depth < MessagePack.maximumDepth else {
      throw MessagePackError(offset: start, "nested deeper than \(MessagePack.maximumDepth)")
    }
    depth += 1
  }

  private mutating func extensionValue(
    _ count: Int, _ start: Int
  ) throws(MessagePackError) -> StateValue {
    let type = try integer() as Int8
    let content = try take(count, start)
    // Offsets in what is inside count from its own start.
    let inside = position - count
    do {
      switch type {
      case MessagePack.ExtensionType.array: return try arrayValue(content, isScalar: false)
      case MessagePack.ExtensionType.scalar: return try arrayValue(content, isScalar: true)
      case MessagePack.ExtensionType.complex: return try complexValue(content)
      default: return .extensionType(type, Data(content))
      }
    } catch {
      throw MessagePackError(offset: inside + error.offset, error.message)
    }
  }
}

extension MessagePackReader {
  /// Reads an array's content up to the bytes of its elements, which are the rest.
  mutating func arrayHeader() throws(MessagePackError) -> (
    shape: [Int], dtype: String, bytes: Range<Int>
  ) {
    func failure(_ message: String) -> MessagePackError { MessagePackError(offset: 0, message) }
    guard try byte() == 0x93 else {
      throw failure("an array is not a list of shape, dtype and bytes")
    }
    guard case .list(let elements) = try value() else { throw failure("a shape is no list") }
    let shape = elements.compactMap(\.integer)
    guard shape.count == elements.count else { throw failure("a shape is no list of sizes") }
    let dtype: String?
    switch try value() {
    case .string(let name): dtype = name
    case .bytes(let name): dtype = String(validating: name, as: UTF8.self)
    default: dtype = nil
    }
    guard let dtype else { throw failure("a dtype is no name") }
    let start = position
    let code = try byte()
    guard (0xC4...0xC6).contains(code), try length(code - 0xC4) == remaining else {
      throw MessagePackError(
        offset: start, "the bytes of an array are not the rest of its \(bytes.count) bytes")
    }
    return (shape, dtype, position..<bytes.count)
  }
}

// MARK: Bytes

extension MessagePackReader {
  private var remaining: Int { bytes.count - position }

  private mutating func byte() throws(MessagePackError) -> UInt8 { try integer() }

  private mutating func integer<I: FixedWidthInteger>() throws(MessagePackError) -> I {
    let width = MemoryLayout<I>.size
    let source = try take(width, position)
    return I(bigEndian: source.loadUnaligned(as: I.self))
  }

  /// Reads a length of 1, 2 or 4 bytes.
  private mutating func length(_ exponent: UInt8) throws(MessagePackError) -> Int {
    switch exponent {
    case 0: Int(try integer() as UInt8)
    case 1: Int(try integer() as UInt16)
    default: Int(try integer() as UInt32)
    }
  }

  private mutating func take(
    _ count: Int, _ start: Int
  ) throws(MessagePackError) -> UnsafeRawBufferPointer {
    guard count <= remaining else {
      throw MessagePackError(
        offset: start,
        "the bytes end after \(remaining) of the \(count) bytes of the value that begins here")
    }
    defer { position += count }
    return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
  }

  private func expect(
    _ count: Int, of what: String, bytesEach: Int, _ start: Int
  ) throws(MessagePackError) {
    guard count <= remaining / bytesEach else {
      throw MessagePackError(
        offset: start, "\(count) \(what) are announced, but \(remaining) bytes are left")
    }
  }

  private mutating func text(_ count: Int, _ start: Int) throws(MessagePackError) -> String {
    let content = try take(count, start)
    guard let text = String(validating: content, as: UTF8.self) else {
      throw MessagePackError(offset: start, "a text is not UTF-8")
    }
    return text
  }
}
