#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The bytes of a file, decompressed if they were gzipped.
package struct DataFile: Sendable {
  /// The file's path, for messages.
  package let path: String
  /// The contents.
  package let bytes: [UInt8]
  /// Whether the contents were decompressed, so that offsets in them are not offsets in the file.
  package let isCompressed: Bool

  /// Reads a file, and decompresses it if it begins as a gzip file does.
  /// - Throws: an error that names the file and what is wrong with it.
  package init(_ path: String, expected: String) throws(DataFileError) {
    self.path = path
    let raw = try readBytes(path, expected: expected)
    isCompressed = raw.starts(with: Gzip.magic)
    bytes = isCompressed ? try Gzip.decompress(raw, path: path) : raw
  }

  /// An offset in the contents, as a message names it.
  package func place(_ offset: Int) -> DataFileError.Place {
    isCompressed ? .uncompressedByte(offset) : .byte(offset)
  }
}

/// Reads a whole file.
private func readBytes(_ path: String, expected: String) throws(DataFileError) -> [UInt8] {
  func failure(_ found: String) -> DataFileError {
    DataFileError(path, .file, found: found, expected: expected)
  }
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else {
    throw failure(errno == ENOENT ? "no such file" : String(cString: strerror(errno)))
  }
  defer { close(descriptor) }
  var status = stat()
  guard fstat(descriptor, &status) == 0 else { throw failure(String(cString: strerror(errno))) }
  guard status.st_mode & S_IFMT != S_IFDIR else { throw failure("a folder") }

  // What is not an ordinary file, such as a pipe, tells no size: it is read to its end in pieces.
  var bytes: [UInt8] = []
  let piece = max(Int(status.st_size) + 1, 1 << 16)
  while true {
    var problem: Int32 = 0
    let part = [UInt8](unsafeUninitializedCapacity: piece) { buffer, count in
      let length = read(descriptor, buffer.baseAddress, buffer.count)
      problem = length < 0 ? errno : 0
      count = max(length, 0)
    }
    if problem == EINTR { continue }
    guard problem == 0 else { throw failure(String(cString: strerror(problem))) }
    if part.isEmpty { return bytes }
    bytes += part
  }
}
