import Foundation
import Synchronization

/// A file that grows at its end, by whole pieces.
final class AppendedFile: Sendable {
  let path: String
  private let handle: Mutex<FileHandle>

  /// Opens the file, or makes it and the folders it lies in.
  init(_ path: String) throws {
    self.path = path
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw DataFileError(
        path, .file, found: String(cString: strerror(errno)), expected: "a file to write to")
    }
    handle = Mutex(FileHandle(fileDescriptor: descriptor, closeOnDealloc: true))
  }

  func append(_ bytes: [UInt8]) throws {
    try handle.withLock { try $0.write(contentsOf: Data(bytes)) }
  }

  func synchronize() throws { try handle.withLock { try $0.synchronize() } }
}
