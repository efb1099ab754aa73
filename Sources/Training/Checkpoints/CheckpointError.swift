/// A checkpoint that can't be written or read: which, and why.
public struct CheckpointError: Error, Hashable, Sendable {
  /// What can be wrong.
  public enum Fact: Hashable, Sendable {
    /// There is a checkpoint of the same step or a later one already.
    case outdated(step: String, present: [String])
    /// There is no such checkpoint; `present` are those that there are.
    case notFound(present: [String])
    /// The folder does not exist.
    case noFolder
    /// The file is not what was written, or not a checkpoint at all.
    case damaged(reason: String)
    /// Another writer is at work in the folder.
    case locked
    /// The checkpoint is a folder, as Orbax writes them.
    case folder
    /// A step or a setting is not one that checkpoints can have.
    case invalid(setting: String, value: String, expected: String)
  }

  /// The path of the checkpoint or of the folder.
  public let path: String
  /// What is wrong.
  public let fact: Fact

  /// Describes a mistake.
  public init(_ path: String, _ fact: Fact) {
    self.path = path
    self.fact = fact
  }
}

extension CheckpointError: CustomStringConvertible {
  /// What is wrong, in Flax's words where it has some, then facts and a hint.
  public var description: String {
    switch fact {
    case .outdated(let step, let present):
      "Trying to save an outdated checkpoint at step: \"\(step)\" and path: \"\(path)\".\n"
        + "present: \(list(present))\n"
        + "hint: pass overwrite: true, which removes the later checkpoints"
    case .notFound(let present):
      "Matching checkpoint not found: \(path)\npresent: \(list(present))"
    case .noFolder: "There is no folder of checkpoints at \(path)"
    case .damaged(let reason): "The checkpoint \(path) is damaged: \(reason)"
    case .locked: "Another writer is saving checkpoints in \(path)"
    case .folder:
      "The checkpoint \(path) is a folder, not a msgpack file of Flax\n"
        + "hint: restore it with Orbax in Python and save it with flax.serialization.to_bytes"
    case .invalid(let setting, let value, let expected):
      "\(path): \(setting) is \(value), expected \(expected)"
    }
  }

  private func list(_ names: [String]) -> String {
    names.isEmpty ? "nothing" : names.joined(separator: ", ")
  }
}
