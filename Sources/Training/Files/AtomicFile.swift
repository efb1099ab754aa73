import Foundation

/// A file that is written under another name and appears under its own only when it is complete.
struct AtomicFile {
  /// The bytes of a file and their check.
  struct Content: Hashable {
    let count: Int
    let checksum: UInt32
  }

  let path: String
  /// The name in the same folder under which the file is written.
  let temporary: String

  /// What is written under a name of its own, so that writers do not meet.
  init(_ path: String) { self.init(path, temporary: "\(path).\(UUID().uuidString).partial") }

  init(_ path: String, temporary: String) {
    self.path = path
    self.temporary = temporary
  }

  /// Writes the temporary file and waits until it is on the disk.
  ///
  /// - Throws: what `body` throws, or a ``FileError``; the temporary file is gone then.
  func prepare(_ body: (inout FileSink) throws -> Void) throws -> Content {
    do {
      let file = try FileDescriptor(writing: temporary)
      var sink = FileSink(file)
      try body(&sink)
      try sink.flush()
      try file.synchronize()
      return Content(count: sink.count, checksum: sink.checksum)
    } catch {
      unlink(temporary)
      throw error
    }
  }

  /// Gives the file its name, in the place of an older one, and waits until the folder has it.
  func commit() throws {
    guard rename(temporary, path) == 0 else {
      let error = FileError("rename to \(path)", temporary)
      unlink(temporary)
      throw error
    }
    try synchronizeFolder(of: path)
  }

  /// Writes the file.
  @discardableResult
  func write(_ body: (inout FileSink) throws -> Void) throws -> Content {
    let content = try prepare(body)
    try commit()
    return content
  }
}

/// Waits until the names in the folder of a file are on the disk.
func synchronizeFolder(of path: String) throws {
  let folder = (path as NSString).deletingLastPathComponent
  try FileDescriptor(folder: folder.isEmpty ? "." : folder).synchronize()
}
