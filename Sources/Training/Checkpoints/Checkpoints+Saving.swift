import Foundation
import Linen

extension Checkpoints {
  /// Saves a value under a step, then removes what is not to be kept.
  ///
  /// The file is written under a hidden name, brought to the disk, and given its own name. With
  /// `overwrite` it takes the place of a checkpoint of this step, and later ones are removed.
  /// Mirrors `save_checkpoint`.
  /// - Returns: The path of the checkpoint.
  /// - Throws: ``CheckpointError`` if there is a checkpoint of this step or a later one, or another
  ///   writer; ``SerializationError``, or ``FileError`` if the system refuses.
  @discardableResult
  public func save(
    _ target: some StateSerializable, step: some CheckpointStep, overwrite: Bool = false
  ) throws -> String {
    try checkErrors()
    return try save(
      state: try toStateDict(target), name: step.checkpointName, overwrite: overwrite)
  }

  func save(state: StateValue, name: String, overwrite: Bool) throws -> String {
    let bytes = Array(name.utf8)
    guard endOfNumber(bytes, from: 0) == bytes.count else {
      throw CheckpointError(
        folder, .invalid(setting: "the step", value: name, expected: "a finite number"))
    }
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw FileError("make the folder", folder, error)
    }
    let lock = try FileDescriptor(lock: hiddenPath("lock"))
    guard try lock.lock() else { throw CheckpointError(folder, .locked) }
    return try withExtendedLifetime(lock) {
      if !overwrite { try checkIsNewest(name) }
      try write(state, name)
      try removeOthers(than: name, overwrite: overwrite)
      return path(name)
    }
  }

  /// Refuses a step that is not later than all there are.
  private func checkIsNewest(_ name: String) throws {
    let present = try names()
    guard !present.contains(name), naturalSort(present + [name]).last == name else {
      throw CheckpointError(path(name), .outdated(step: name, present: present))
    }
  }

  private func write(_ state: StateValue, _ name: String) throws {
    removeTemporaries()
    let file = AtomicFile(path(name), temporary: hiddenPath("\(name).partial"))
    let content = try file.prepare { sink in
      var writer = MessagePackWriter(sink, chunkSize: MessagePack.chunkSize)
      try writer.write(state)
      sink = writer.sink
    }
    // A checksum never lies beside bytes that are not its own: the old one goes before they come,
    // the new one comes after. In between the file is whole and goes unchecked.
    if unlink(checksumPath(name)) == 0 { try synchronizeFolder(of: file.path) }
    try file.commit()
    try writeChecksum(content, name)
  }

  /// Removes what saves that were killed have left.
  private func removeTemporaries() {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    for file in files where file.hasPrefix(".\(prefix)") && file.hasSuffix(".partial") {
      unlink("\(folder)/\(file)")
    }
  }

  /// Removes later checkpoints, if they are overwritten, and those that are too old to be kept.
  private func removeOthers(than name: String, overwrite: Bool) throws {
    var present = try names()
    if overwrite, let index = present.firstIndex(of: name) {
      try present[(index + 1)...].forEach(remove)
      present.removeSubrange((index + 1)...)
    }
    var lastKept = -Double.infinity
    for name in present.dropLast(keep) {
      // Flax does not keep step 0 for its distance either.
      if let keepEvery, let step = Double(name), step != 0, step - lastKept >= Double(keepEvery) {
        lastKept = step
        continue
      }
      try remove(name)
    }
  }

  private func remove(_ name: String) throws {
    do {
      try FileManager.default.removeItem(atPath: path(name))
    } catch {
      throw FileError("remove", path(name), error)
    }
    unlink(checksumPath(name))
  }
}
