import Foundation

extension Checkpoints {
  /// Restores the newest whole checkpoint, or that of a step; of `target` only the types count.
  ///
  /// A damaged checkpoint is refused: that of the `step` is an error; without a step each one is
  /// handed to `onDamage`, by default to be named on standard error, and the one before it is taken.
  /// Mirrors `restore_checkpoint`.
  /// - Throws: ``CheckpointError`` if there is none, or it is damaged; ``RestoreError`` if it does not
  ///   fit, unless `allowing` it.
  public func restore<T: StateSerializable>(
    _ target: T, step: (any CheckpointStep)? = nil, allowing: RestoreAllowance = [],
    onDamage: (CheckpointError) -> Void = Checkpoints.warn
  ) throws -> T {
    try fromStateDict(target, try restoreState(step: step, onDamage: onDamage), allowing: allowing)
  }

  /// Restores the newest whole checkpoint; nil if there is none at all.
  ///
  /// - Throws: as ``restore(_:step:allowing:onDamage:)``; an error too if all that there are are
  ///   damaged.
  public func restoreIfPresent<T: StateSerializable>(
    _ target: T, allowing: RestoreAllowance = [],
    onDamage: (CheckpointError) -> Void = Checkpoints.warn
  ) throws -> T? {
    try names().isEmpty ? nil : restore(target, allowing: allowing, onDamage: onDamage)
  }

  /// Reads the newest whole checkpoint, or that of a step, as it is.
  ///
  /// What `restore_checkpoint` gives without a target.
  /// - Throws: ``CheckpointError`` if there is none, or it is damaged.
  public func restoreState(
    step: (any CheckpointStep)? = nil, onDamage: (CheckpointError) -> Void = Checkpoints.warn
  ) throws -> StateValue {
    guard FileManager.default.fileExists(atPath: folder) else {
      throw CheckpointError(folder, .noFolder)
    }
    let names = try names()
    if let step {
      guard names.contains(step.checkpointName) else {
        throw CheckpointError(path(step.checkpointName), .notFound(present: names))
      }
      return try state(at: path(step.checkpointName))
    }
    var damaged: CheckpointError?
    for name in names.reversed() {
      do {
        return try state(at: path(name))
      } catch let error as CheckpointError {
        guard case .damaged = error.fact else { throw error }
        onDamage(error)
        damaged = damaged ?? error
      } catch let error as FileError where error.code == ENOENT {
        // Another writer has removed it since.
      }
    }
    throw damaged ?? CheckpointError("\(folder)/\(prefix)", .notFound(present: []))
  }

  /// Restores a checkpoint from its file.
  ///
  /// - Throws: as ``restore(_:step:allowing:onDamage:)``.
  public static func restore<T: StateSerializable>(
    _ target: T, file path: String, allowing: RestoreAllowance = []
  ) throws -> T {
    try fromStateDict(target, try restoreState(file: path), allowing: allowing)
  }

  /// Reads a checkpoint from its file.
  ///
  /// - Throws: ``CheckpointError`` if it is not there or damaged.
  public static func restoreState(file path: String) throws -> StateValue {
    let path = normalizedPath(path)
    let folder = (path as NSString).deletingLastPathComponent
    do {
      return try Checkpoints(folder.isEmpty ? "." : folder).state(at: path)
    } catch let error as FileError where error.code == ENOENT {
      throw CheckpointError(path, .notFound(present: []))
    }
  }

  /// Names a damaged checkpoint on standard error.
  public static func warn(_ error: CheckpointError) {
    FileHandle.standardError.write(Data("warning: \(error)\n".utf8))
  }

  /// Reads a file, of which the checksum, if there is one, and the format must be right.
  private func state(at path: String) throws -> StateValue {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw FileError("read", path, code: ENOENT)
    }
    if isFolder.boolValue { throw CheckpointError(path, .folder) }
    let bytes: Data
    do {
      bytes = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
    } catch {
      throw FileError("read", path, error)
    }
    if let problem = checksumProblem(bytes, at: path) {
      throw CheckpointError(path, .damaged(reason: problem))
    }
    do {
      return try msgpackRestore(bytes)
    } catch {
      throw CheckpointError(path, .damaged(reason: "\(error)"))
    }
  }
}
