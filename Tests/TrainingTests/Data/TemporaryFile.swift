import Foundation

/// Calls `body` with the path of a file that holds `bytes`, and removes it afterwards.
func withTemporaryFile<R>(
  _ bytes: some Sequence<UInt8>, _ body: (String) throws -> R
) throws -> R {
  let url = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).data")
  try Data(bytes).write(to: url)
  defer { try? FileManager.default.removeItem(at: url) }
  return try body(url.path)
}

/// The message of the error that `body` throws, without the file's name; nil if it throws none.
func dataFileMessage(_ bytes: some Sequence<UInt8>, _ body: (String) throws -> Void) throws
  -> String?
{
  try withTemporaryFile(bytes) { path in
    do {
      try body(path)
      return nil
    } catch {
      let message = "\(error)"
      return message.hasPrefix("\(path): ") ? String(message.dropFirst(path.count + 2)) : message
    }
  }
}

/// Bytes written as hexadecimal digits.
func bytes(hexadecimal text: String) -> [UInt8] {
  var digits = text.compactMap(\.hexDigitValue)[...]
  var bytes: [UInt8] = []
  while digits.count > 1 { bytes.append(UInt8(digits.removeFirst() * 16 + digits.removeFirst())) }
  return bytes
}
