import Foundation
import Linen

/// Writes values in the shortest form that msgpack has for them, as Python's packer does.
struct MessagePackWriter<Sink: ByteSink> {
  private(set) var sink: Sink
  private let chunkSize: Int
  private var path: [String] = []

  init(_ sink: Sink, chunkSize: Int) {
    self.sink = sink
    self.chunkSize = max(chunkSize, 1)
  }

  /// Writes a tree; an array that it is itself may be written in pieces.
  mutating func write(_ value: StateValue) throws { try writeEntry(value) }

  /// Writes the value of an entry, of which Flax writes large arrays in pieces.
  private mutating func writeEntry(_ value: StateValue) throws {
    switch value {
    case .tensor(let tensor):
      let array = try known(tensor)
      guard array.byteCount > chunkSize else { return try writeArray(array, .array) }
      try writeChunks(array)
    case .foreign(let array):
      guard array.bytes.count > chunkSize else { return try writeForeign(array) }
      try writeChunks(array)
    default: try writeElement(value)
    }
  }

  /// Writes the element of a list, of which Flax writes arrays whole.
  private mutating func writeElement(_ value: StateValue) throws {
    switch value {
    case .null: try put(0xC0)
    case .bool(let value): try put(value ? 0xC3 : 0xC2)
    case .int(let value): try writeInteger(value)
    case .unsigned(let value): try put(0xCF, value)
    case .double(let value): try put(0xCB, value.bitPattern)
    case .string(let text): try writeText(text)
    case .bytes(let data): try writeBytes(data)
    case .complex(let real, let imaginary): try writeComplex(real, imaginary)
    case .tensor(let tensor): try writeArray(try known(tensor), .array)
    case .scalar(let tensor): try writeArray(try known(tensor), .scalar)
    case .foreign(let array): try writeForeign(array)
    case .list(let elements):
      try writeLength(elements.count, short: 0x90, limit: 16, 0xDC, 0xDD)
      for (index, element) in elements.enumerated() {
        try nested("\(index)") { writer in try writer.writeElement(element) }
      }
    case .dictionary(let entries): try writeDictionary(entries)
    case .extensionType(let type, let data):
      try writeExtension(type, data.count)
      try data.withUnsafeBytes { try sink.write($0) }
    }
  }

  private mutating func writeDictionary(_ entries: StateValue.Entries) throws {
    try writeLength(entries.count, short: 0x80, limit: 16, 0xDE, 0xDF)
    for (key, value) in entries {
      switch key {
      case .string(let name): try writeText(name)
      case .int(let number): try writeInteger(number)
      }
      try nested(key.description) { writer in try writer.writeEntry(value) }
    }
  }

  private mutating func nested(_ name: String, _ body: (inout Self) throws -> Void) throws {
    path.append(name)
    guard path.count <= MessagePack.maximumDepth else {
      throw failure("nested deeper than \(MessagePack.maximumDepth)")
    }
    try body(&self)
    path.removeLast()
  }

  private func failure(_ message: String) -> SerializationError {
    SerializationError(StatePath(path), message)
  }
}

// MARK: Arrays

extension MessagePackWriter {
  /// The array in row-major order.
  private func known(_ tensor: Tensor) throws -> NDArray {
    guard let array = tensor.array else {
      throw failure("can't be written: the value of \(tensor.type) is not known inside a transform")
    }
    return array.contiguous()
  }

  private enum Form {
    case array
    case scalar
  }

  private mutating func writeArray(_ array: NDArray, _ form: Form) throws {
    try withExtendedLifetime(array) {
      try writeArray(
        form, array.shape.dimensions, array.dtype.name,
        UnsafeRawBufferPointer(start: array.data, count: array.byteCount))
    }
  }

  private mutating func writeForeign(_ array: ForeignArray) throws {
    try array.bytes.withUnsafeBytes { try writeArray(.array, array.shape, array.dtype, $0) }
  }

  /// Writes an array as an extension that holds the msgpack of its shape, dtype and bytes.
  private mutating func writeArray(
    _ form: Form, _ shape: [Int], _ dtype: String, _ bytes: UnsafeRawBufferPointer
  ) throws {
    var header = MessagePackWriter<DataSink>(DataSink(capacity: 64), chunkSize: chunkSize)
    try header.writeLength(3, short: 0x90, limit: 16, 0xDC, 0xDD)
    try header.writeElement(.list(shape.map(StateValue.int)))
    try header.writeText(dtype)
    try header.writeLength(bytes.count, 0xC4, 0xC5, 0xC6)
    let data = header.sink.data
    let type =
      form == .array ? MessagePack.ExtensionType.array : MessagePack.ExtensionType.scalar
    try writeExtension(type, data.count + bytes.count)
    try data.withUnsafeBytes { try sink.write($0) }
    try sink.write(bytes)
  }

  private mutating func writeChunks(_ array: NDArray) throws {
    let flat = array.reshaped(to: [array.count])
    let width = max(1, chunkSize / array.dtype.byteSize)
    let chunks = stride(from: 0, to: flat.count, by: width).map { start in
      StateValue.tensor(
        Tensor(
          flat.sliced(start: [start], step: [1], to: [min(width, flat.count - start)])))
    }
    try writeChunks(array.shape.dimensions, chunks)
  }

  private mutating func writeChunks(_ array: ForeignArray) throws {
    let count = array.shape.reduce(1, *)
    let itemSize = array.bytes.count / max(count, 1)
    let width = max(1, chunkSize / max(itemSize, 1))
    let chunks = stride(from: 0, to: count, by: width).map { start in
      let length = min(width, count - start)
      let first = array.bytes.startIndex + start * itemSize
      return StateValue.foreign(
        ForeignArray(
          dtype: array.dtype, shape: [length],
          bytes: array.bytes[first..<first + length * itemSize]))
    }
    try writeChunks(array.shape, chunks)
  }

  private mutating func writeChunks(_ shape: [Int], _ chunks: [StateValue]) throws {
    try writeLength(3, short: 0x80, limit: 16, 0xDE, 0xDF)
    try writeText(MessagePack.chunkedKey)
    try writeElement(.bool(true))
    try writeText("shape")
    try writeNumbered(shape.map(StateValue.int))
    try writeText("chunks")
    try writeNumbered(chunks)
  }

  /// Writes the dictionary of values with the keys "0", "1", ...; pieces are not cut again.
  private mutating func writeNumbered(_ values: [StateValue]) throws {
    try writeLength(values.count, short: 0x80, limit: 16, 0xDE, 0xDF)
    for (index, value) in values.enumerated() {
      try writeText("\(index)")
      try writeElement(value)
    }
  }

  private mutating func writeComplex(_ real: Double, _ imaginary: Double) throws {
    // An extension of 19 bytes: a list of two numbers of 9 bytes each.
    try writeExtension(MessagePack.ExtensionType.complex, 19)
    try writeElement(.list([.double(real), .double(imaginary)]))
  }
}

// MARK: Plain values

extension MessagePackWriter {
  private mutating func put(_ byte: UInt8) throws {
    try withUnsafeBytes(of: byte) { try sink.write($0) }
  }

  private mutating func put(_ byte: UInt8, _ value: some FixedWidthInteger) throws {
    try put(byte)
    try withUnsafeBytes(of: value.bigEndian) { try sink.write($0) }
  }

  private mutating func writeInteger(_ value: Int) throws {
    switch value {
    case 0..<0x80: try put(UInt8(value))
    case -0x20..<0: try put(UInt8(bitPattern: Int8(value)))
    case 0..<0x100: try put(0xCC, UInt8(value))
    case -0x80..<0: try put(0xD0, Int8(value))
    case 0..<0x1_0000: try put(0xCD, UInt16(value))
    case -0x8000..<0: try put(0xD1, Int16(value))
    case 0..<0x1_0000_0000: try put(0xCE, UInt32(value))
    case -0x8000_0000..<0: try put(0xD2, Int32(value))
    case 0...: try put(0xCF, UInt64(value))
    default: try put(0xD3, Int64(value))
    }
  }

  private mutating func writeText(_ text: String) throws {
    var text = text
    try text.withUTF8 { utf8 in
      if utf8.count < 32 {
        try put(0xA0 | UInt8(utf8.count))
      } else {
        try writeLength(utf8.count, 0xD9, 0xDA, 0xDB)
      }
      try sink.write(UnsafeRawBufferPointer(utf8))
    }
  }

  private mutating func writeBytes(_ data: Data) throws {
    try writeLength(data.count, 0xC4, 0xC5, 0xC6)
    try data.withUnsafeBytes { try sink.write($0) }
  }

  /// Writes the length of a list or dictionary.
  private mutating func writeLength(
    _ count: Int, short: UInt8, limit: Int, _ code16: UInt8, _ code32: UInt8
  ) throws {
    if count < limit {
      try put(short | UInt8(count))
    } else if count < 1 << 16 {
      try put(code16, UInt16(count))
    } else {
      try put(code32, try length(count))
    }
  }

  /// Writes the length of bytes or a text.
  private mutating func writeLength(
    _ count: Int, _ code8: UInt8, _ code16: UInt8, _ code32: UInt8
  ) throws {
    switch count {
    case 0..<0x100: try put(code8, UInt8(count))
    case 0x100..<0x1_0000: try put(code16, UInt16(count))
    default: try put(code32, try length(count))
    }
  }

  private mutating func writeExtension(_ type: Int8, _ count: Int) throws {
    let fixed: [Int: UInt8] = [1: 0xD4, 2: 0xD5, 4: 0xD6, 8: 0xD7, 16: 0xD8]
    if let code = fixed[count] {
      try put(code)
    } else {
      try writeLength(count, 0xC7, 0xC8, 0xC9)
    }
    try put(UInt8(bitPattern: type))
  }

  private func length(_ count: Int) throws -> UInt32 {
    guard let length = UInt32(exactly: count) else {
      throw failure("\(count) bytes or entries are more than msgpack has room for")
    }
    return length
  }
}
