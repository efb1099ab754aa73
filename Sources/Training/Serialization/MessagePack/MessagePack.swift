import Foundation
import Linen

/// Writes a tree of plain values as Flax does, byte for byte.
///
/// Mirrors `flax.serialization.msgpack_serialize`: the entries of dictionaries are sorted by key, as
/// JAX does when it copies a tree; ``toBytes(_:chunkSize:)`` keeps their order. Arrays in
/// dictionaries that have more than `chunkSize` bytes are written in pieces, as msgpack values are
/// limited.
///
/// Format: https://github.com/msgpack/msgpack/blob/master/spec.md, with extension types 1 for
/// arrays, 2 for complex numbers and 3 for NumPy scalars.
/// - Throws: ``SerializationError`` if a tensor's value is not known.
public func msgpackSerialize(
  _ value: StateValue, chunkSize: Int = MessagePack.chunkSize
) throws -> Data {
  try MessagePack.bytes(of: value.sortedByKey, chunkSize: chunkSize)
}

/// Reads a tree of plain values from bytes that Flax or ``msgpackSerialize(_:chunkSize:)`` wrote.
///
/// Mirrors `flax.serialization.msgpack_restore`. The memory it takes is in proportion to the bytes,
/// whatever sizes they claim.
/// - Throws: ``MessagePackError`` with the byte at which they are malformed.
public func msgpackRestore(_ bytes: Data) throws -> StateValue { try MessagePack.value(in: bytes) }

/// Writes the state of a value as Flax does, byte for byte.
///
/// Mirrors `flax.serialization.to_bytes`.
/// - Throws: ``SerializationError`` if a part has no state, or a tensor's value is not known.
public func toBytes(
  _ target: some StateSerializable, chunkSize: Int = MessagePack.chunkSize
) throws -> Data {
  try MessagePack.bytes(of: try toStateDict(target), chunkSize: chunkSize)
}

/// Restores a value from bytes that Flax or ``toBytes(_:chunkSize:)`` wrote.
///
/// Mirrors `flax.serialization.from_bytes`, and checks what ``fromStateDict(_:_:allowing:)`` checks.
/// - Throws: ``MessagePackError`` if the bytes are malformed, ``RestoreError`` if they don't fit.
public func fromBytes<T: StateSerializable>(
  _ target: T, _ bytes: Data, allowing: RestoreAllowance = []
) throws -> T {
  try fromStateDict(target, try msgpackRestore(bytes), allowing: allowing)
}

/// Flax's use of the msgpack format.
public enum MessagePack {
  /// The bytes beyond which Flax writes an array in pieces, 2^30.
  public static let chunkSize = 1 << 30

  /// Deeper trees are neither written nor read, rather than risking the stack.
  static let maximumDepth = 256

  /// The extension types.
  enum ExtensionType {
    static let array: Int8 = 1
    static let complex: Int8 = 2
    static let scalar: Int8 = 3
  }

  /// The key that tells a dictionary of pieces from others.
  static let chunkedKey = "__msgpack_chunked_array__"

  /// Writes a tree with the keys in their order.
  package static func bytes(of value: StateValue, chunkSize: Int) throws -> Data {
    try checkErrors()
    var counter = MessagePackWriter(ByteCounter(), chunkSize: chunkSize)
    try counter.write(value)
    var writer = MessagePackWriter(
      DataSink(capacity: counter.sink.count), chunkSize: chunkSize)
    try writer.write(value)
    return writer.sink.data
  }

  static func value(in bytes: Data) throws -> StateValue {
    try bytes.withUnsafeBytes { buffer in
      var reader = MessagePackReader(buffer)
      return try reader.document()
    }
  }
}

/// Bytes that are no msgpack of Flax: what is wrong and at which byte.
public struct MessagePackError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The byte at which the mistake lies.
  public let offset: Int
  /// What is wrong.
  public let message: String

  /// Describes a mistake.
  public init(offset: Int, _ message: String) {
    self.offset = offset
    self.message = message
  }

  /// The byte and the message.
  public var description: String { "byte \(offset): \(message)" }
}

extension StateValue {
  /// The tree with the entries of all dictionaries sorted by key.
  var sortedByKey: StateValue {
    switch self {
    case .dictionary(let entries):
      .dictionary(
        Entries(
          uniqueKeysWithValues: entries.sorted { $0.key < $1.key }.map {
            ($0.key, $0.value.sortedByKey)
          }))
    case .list(let elements): .list(elements.map(\.sortedByKey))
    default: self
    }
  }
}
