import Foundation

/// What takes the bytes of a file in order.
protocol ByteSink {
  mutating func write(_ bytes: UnsafeRawBufferPointer) throws
}

/// Counts bytes.
struct ByteCounter: ByteSink {
  private(set) var count = 0

  mutating func write(_ bytes: UnsafeRawBufferPointer) { count += bytes.count }
}

/// Gathers bytes in memory.
struct DataSink: ByteSink {
  private(set) var data: Data

  init(capacity: Int) { data = Data(capacity: capacity) }

  mutating func write(_ bytes: UnsafeRawBufferPointer) { data.append(contentsOf: bytes) }
}
