/// The gzip file format: compressed members, each with a checksum.
///
/// https://www.rfc-editor.org/rfc/rfc1952
package enum Gzip {
  /// The bytes that every member begins with.
  package static let magic: [UInt8] = [0x1F, 0x8B]

  /// Decompresses all members of a file.
  /// - Throws: an error with the offset in the compressed bytes of what is malformed or missing.
  package static func decompress(_ bytes: [UInt8], path: String) throws(DataFileError) -> [UInt8] {
    var output: [UInt8] = []
    var offset = 0
    repeat {
      offset = try decompressMember(bytes, from: offset, into: &output, path: path)
    } while offset < bytes.count
    return output
  }

  /// Decompresses one member and returns the offset behind it.
  private static func decompressMember(
    _ bytes: [UInt8], from start: Int, into output: inout [UInt8], path: String
  ) throws(DataFileError) -> Int {
    func failure(_ offset: Int, _ found: String, _ expected: String) -> DataFileError {
      DataFileError(path, .byte(offset), found: found, expected: expected)
    }
    guard bytes.count - start >= 18 else {
      throw failure(
        start, "\(bytes.count - start) bytes", "a gzip member, which has at least 18 bytes")
    }
    guard bytes[start] == magic[0], bytes[start + 1] == magic[1], bytes[start + 2] == 8 else {
      throw failure(start, "other bytes", "the start of a gzip member, 1f 8b 08")
    }
    let body = try skipHeader(bytes, start, failure)
    let sizeBefore = output.count
    var inflate = Inflate(bytes, from: body)
    do throws(Inflate.Failure) {
      try inflate.run(into: &output)
    } catch {
      throw failure(error.offset, error.found, error.expected)
    }
    let trailer = inflate.offset
    guard bytes.count - trailer >= 8 else {
      throw failure(bytes.count, "the end of the file", "a checksum and a size of 8 bytes")
    }
    let checksum = littleEndian(bytes, trailer)
    let actual = output.withUnsafeBytes { bytes in
      CRC32.checksum(UnsafeRawBufferPointer(rebasing: bytes[sizeBefore...]))
    }
    guard checksum == actual else {
      throw failure(
        trailer, "checksum \(hexadecimal(checksum))", "\(hexadecimal(actual)), that of the data")
    }
    let size = littleEndian(bytes, trailer + 4)
    let actualSize = UInt32(truncatingIfNeeded: output.count - sizeBefore)
    guard size == actualSize else {
      throw failure(trailer + 4, "size \(size)", "\(actualSize), that of the data")
    }
    return trailer + 8
  }

  /// The offset of the compressed data behind the header's optional parts.
  private static func skipHeader(
    _ bytes: [UInt8], _ start: Int, _ failure: (Int, String, String) -> DataFileError
  ) throws(DataFileError) -> Int {
    let flags = bytes[start + 3]
    guard flags & 0xE0 == 0 else {
      throw failure(start + 3, "flags \(flags)", "the reserved bits to be 0")
    }
    var offset = start + 10
    if flags & 4 != 0 {
      offset += 2 + Int(bytes[offset]) + Int(bytes[offset + 1]) << 8
    }
    // A file name and a comment, each ended by a zero.
    for flag: UInt8 in [8, 16] where flags & flag != 0 {
      while offset < bytes.count, bytes[offset] != 0 { offset += 1 }
      offset += 1
    }
    if flags & 2 != 0 { offset += 2 }
    guard offset < bytes.count else {
      throw failure(bytes.count, "the end of the file", "compressed data behind the header")
    }
    return offset
  }

  private static func littleEndian(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << (8 * $1) }
  }

  private static func hexadecimal(_ value: UInt32) -> String { String(value, radix: 16) }
}
