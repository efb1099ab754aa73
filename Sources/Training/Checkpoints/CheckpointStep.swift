/// The number of a checkpoint: a count of steps, or another number that grows.
public protocol CheckpointStep: Sendable {
  /// The number as it stands in the name of a file, which is as Python prints it.
  var checkpointName: String { get }

  /// Reads a number from the name of a file.
  init?(checkpointName: String)
}

extension Int: CheckpointStep {
  /// The digits.
  public var checkpointName: String { "\(self)" }

  /// Reads an integer.
  public init?(checkpointName: String) { self.init(checkpointName) }
}

extension Double: CheckpointStep {
  /// The shortest digits that give this number again, such as `0.5` or `1e-05`.
  public var checkpointName: String { "\(self)" }

  /// Reads a number, with a point and an exponent or without.
  public init?(checkpointName: String) { self.init(checkpointName) }
}
