import Foundation

/// Writes a file, small pieces gathered to larger ones, and counts and checks its bytes.
struct FileSink: ByteSink {
  private let file: FileDescriptor
  private var buffer: [UInt8] = []
  /// The bytes so far.
  private(set) var count = 0
  /// The check of the bytes so far.
  private(set) var checksum: UInt32 = 0
  private static let bufferSize = 1 << 16

  init(_ file: FileDescriptor) {
    self.file = file
    buffer.reserveCapacity(FileSink.bufferSize)
  }

  mutating func write(_ bytes: UnsafeRawBufferPointer) throws {
    count += bytes.count
    checksum = CRC32.checksum(bytes, after: checksum)
    if buffer.count + bytes.count > FileSink.bufferSize { try flush() }
    if bytes.count > FileSink.bufferSize {
      try file.write(bytes)
    } else {
      buffer.append(contentsOf: bytes)
    }
  }

  /// Writes what has been gathered.
  mutating func flush() throws {
    try buffer.withUnsafeBytes { try file.write($0) }
    buffer.removeAll(keepingCapacity: true)
  }
}
