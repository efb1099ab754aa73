import Foundation

/// A folder of checkpoints: the states of a training, each in a file named after its step.
///
/// Mirrors `flax.training.checkpoints`, and reads and writes its files. A checkpoint appears whole or
/// not at all, whenever the process is killed:
///
///     let checkpoints = try Checkpoints("runs/digits", keep: 3)
///     var state = try checkpoints.restoreIfPresent(state) ?? state
///     ...
///     try checkpoints.save(state, step: 1000)
///
/// Beside each checkpoint lies a hidden file with its checksum, and a hidden lock; Flax passes over
/// both.
///
/// Differs from Flax: a folder or checkpoint that does not exist is an error, or nil; what is restored
/// must fit the target; files whose names go on with anything but a number are not checkpoints.
public struct Checkpoints: Sendable {
  /// The path of the folder.
  public let folder: String
  /// What the names of checkpoints begin with.
  public let prefix: String
  /// How many of the newest checkpoints are kept.
  public let keep: Int
  /// The distance in steps at which older checkpoints are kept too.
  public let keepEvery: Int?

  /// Names a folder of checkpoints, which the first save makes if it is not there.
  ///
  /// - Throws: ``CheckpointError`` if `keep` or `keepEvery` is less than 1, or the prefix is empty or
  ///   has a slash.
  public init(
    _ folder: String, prefix: String = "checkpoint_", keep: Int = 1, keepEvery: Int? = nil
  ) throws {
    func invalid(_ setting: String, _ value: String, _ expected: String) -> CheckpointError {
      CheckpointError(folder, .invalid(setting: setting, value: value, expected: expected))
    }
    guard keep >= 1 else { throw invalid("keep", "\(keep)", "at least 1") }
    guard keepEvery ?? 1 >= 1 else { throw invalid("keepEvery", "\(keepEvery ?? 1)", "at least 1") }
    guard !prefix.isEmpty, !prefix.contains("/"), !prefix.hasPrefix(".") else {
      throw invalid("prefix", "\"\(prefix)\"", "a name without slashes and without a point first")
    }
    self.folder = normalizedPath(folder)
    self.prefix = prefix
    self.keep = keep
    self.keepEvery = keepEvery
  }

  /// The path of the checkpoint of a step, whether it is there or not.
  public func path(of step: some CheckpointStep) -> String { path(step.checkpointName) }

  /// The path of the newest checkpoint; nil if there is none.
  ///
  /// Mirrors `latest_checkpoint`. It says nothing about whether the file is whole.
  /// - Throws: ``FileError`` if the folder can't be read.
  public func latest() throws -> String? { try names().last.map(path) }

  /// The steps of all checkpoints, in order.
  ///
  /// Mirrors `available_steps`.
  /// - Throws: ``CheckpointError`` if one is no step of this type, as `0.5` is no integer.
  public func availableSteps<Step: CheckpointStep>(as type: Step.Type = Int.self) throws -> [Step] {
    try names().map { name in
      guard let step = Step(checkpointName: name) else {
        throw CheckpointError(
          path(name), .invalid(setting: "the step", value: name, expected: "\(Step.self)"))
      }
      return step
    }
  }
}

extension Checkpoints {
  func path(_ name: String) -> String { "\(folder)/\(prefix)\(name)" }

  /// The path of a file that belongs to the checkpoints without being one.
  func hiddenPath(_ name: String) -> String { "\(folder)/.\(prefix)\(name)" }

  /// The numbers in the names of all checkpoints, in order; none if there is no folder.
  func names() throws -> [String] {
    let files: [String]
    do {
      files = try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch {
      guard FileManager.default.fileExists(atPath: folder) else { return [] }
      throw FileError("read", folder, error)
    }
    return naturalSort(
      files.compactMap { file in
        guard file.hasPrefix(prefix) else { return nil }
        let name = file.dropFirst(prefix.count)
        let bytes = Array(name.utf8)
        return endOfNumber(bytes, from: 0) == bytes.count && !bytes.isEmpty ? String(name) : nil
      })
  }
}

/// A path without empty parts and points, as Python's `normpath` makes it; a scheme stays.
func normalizedPath(_ path: String) -> String {
  if let scheme = path.range(of: "://"),
    path[..<scheme.lowerBound].allSatisfy({ $0.isLetter || $0.isNumber || "+-.".contains($0) })
  {
    return path[..<scheme.upperBound] + normalizedPath(String(path[scheme.upperBound...]))
  }
  let isAbsolute = path.hasPrefix("/")
  var parts: [Substring] = []
  for part in path.split(separator: "/") where part != "." {
    if part != ".." || (parts.last ?? "..") == ".." && !isAbsolute {
      parts.append(part)
    } else {
      _ = parts.popLast()
    }
  }
  let joined = (isAbsolute ? "/" : "") + parts.joined(separator: "/")
  return joined.isEmpty ? "." : joined
}
