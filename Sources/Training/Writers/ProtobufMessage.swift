/// A protocol buffer in the making: fields by number, as they are written.
///
/// https://protobuf.dev/programming-guides/encoding
struct ProtobufMessage {
  private(set) var bytes: [UInt8] = []

  init() {}

  /// Builds a message by adding its fields.
  init(_ build: (inout ProtobufMessage) -> Void) { build(&self) }

  mutating func add(_ field: Int, _ value: Int) {
    key(field, wireType: 0)
    varint(UInt64(bitPattern: Int64(value)))
  }

  mutating func add(_ field: Int, _ value: Bool) { add(field, value ? 1 : 0) }

  mutating func add(_ field: Int, _ value: Double) {
    key(field, wireType: 1)
    bytes += littleEndian(value.bitPattern)
  }

  mutating func add(_ field: Int, _ text: String) { add(field, Array(text.utf8)) }

  mutating func add(_ field: Int, _ message: ProtobufMessage) { add(field, message.bytes) }

  mutating func add(_ field: Int, _ contents: [UInt8]) {
    key(field, wireType: 2)
    varint(UInt64(contents.count))
    bytes += contents
  }

  private mutating func key(_ field: Int, wireType: Int) { varint(UInt64(field << 3 | wireType)) }

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest > 0x7F {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}

/// The bytes of a number, the lowest first.
func littleEndian<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
  withUnsafeBytes(of: value.littleEndian) { Array($0) }
}

/// The bytes of a number, the highest first.
func bigEndian<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
  withUnsafeBytes(of: value.bigEndian) { Array($0) }
}
