import Foundation

/// The checksum of a checkpoint lies beside it, as Flax takes no bytes behind the state:
/// `{"file":"checkpoint_3","bytes":1234,"crc32":"0a1b2c3d"}` in `.checkpoint_3.checksum`.
extension Checkpoints {
  func checksumPath(_ name: String) -> String { hiddenPath("\(name).checksum") }

  func writeChecksum(_ content: AtomicFile.Content, _ name: String) throws {
    let text =
      "{\"file\":\"\(prefix)\(name)\",\"bytes\":\(content.count),"
      + "\"crc32\":\"\(hexadecimal(content.checksum))\"}\n"
    let file = AtomicFile(checksumPath(name), temporary: hiddenPath("\(name).checksum.partial"))
    try file.write { sink in
      var text = text
      try text.withUTF8 { try sink.write(UnsafeRawBufferPointer($0)) }
    }
  }

  /// Compares the bytes of a checkpoint with its checksum; nil if they agree or it has none.
  func checksumProblem(_ bytes: Data, at path: String) -> String? {
    let (folder, file) = (
      (path as NSString).deletingLastPathComponent, (path as NSString).lastPathComponent
    )
    let sidecar = "\(folder)/.\(file).checksum"
    guard let text = try? Data(contentsOf: URL(fileURLWithPath: sidecar)) else { return nil }
    guard let json = try? JSON(parsing: text), let count = json["bytes"]?.integer,
      let checksum = json["crc32"]?.text
    else { return "its checksum in \(sidecar) can't be read" }
    guard bytes.count == count else {
      return "it has \(bytes.count) bytes, \(count) were written"
    }
    let actual = hexadecimal(bytes.withUnsafeBytes { CRC32.checksum($0) })
    guard actual == checksum else {
      return "its bytes have the checksum \(actual), those that were written had \(checksum)"
    }
    return nil
  }

  private func hexadecimal(_ value: UInt32) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}
