import Foundation

/// An open file or folder; closed when nothing refers to it any more.
final class FileDescriptor: Sendable {
  let path: String
  private let number: Int32

  /// Opens a file to be written from its start, whatever was in it.
  convenience init(writing path: String) throws {
    try self.init(path, O_WRONLY | O_CREAT | O_TRUNC, "write")
  }

  /// Opens a folder.
  convenience init(folder path: String) throws {
    try self.init(path, O_RDONLY | O_DIRECTORY, "open")
  }

  /// Opens a file that stands for a lock.
  convenience init(lock path: String) throws {
    try self.init(path, O_RDWR | O_CREAT, "open")
  }

  private init(_ path: String, _ flags: Int32, _ operation: String) throws {
    self.path = path
    number = open(path, flags | O_CLOEXEC, 0o666)
    guard number >= 0 else { throw FileError(operation, path) }
  }

  deinit {
    if number >= 0 { close(number) }
  }

  /// Writes all bytes.
  func write(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes
    while let address = rest.baseAddress, rest.count > 0 {
      // Linux writes at most 2^31 bytes at once.
      let written = Foundation.write(number, address, min(rest.count, 1 << 30))
      if written < 0 {
        guard errno == EINTR else { throw FileError("write", path) }
      } else {
        rest = UnsafeRawBufferPointer(rebasing: rest[written...])
      }
    }
  }

  /// Waits until what was written is on the disk.
  func synchronize() throws {
    #if canImport(Darwin)
    if fcntl(number, F_FULLFSYNC) == 0 { return }
    #endif
    guard fsync(number) == 0 else { throw FileError("synchronize", path) }
  }

  /// Takes the lock that this file stands for; false if another has it.
  func lock() throws -> Bool {
    while flock(number, LOCK_EX | LOCK_NB) != 0 {
      switch errno {
      case EINTR: continue
      case EWOULDBLOCK: return false
      default: throw FileError("lock", path)
      }
    }
    return true
  }
}
