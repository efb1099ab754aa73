import Foundation
import Linen

/// Saves checkpoints on a thread of its own, while training goes on.
///
/// Mirrors `AsyncManager` of `flax.training.checkpoints`. A save waits for the one before it, so that
/// they come in order and one state at most is held. An error of a save is thrown by the next call.
///
///     let writer = AsyncCheckpoints(checkpoints)
///     for step in 1...steps {
///       state = try train(state)
///       if step % 100 == 0 { try writer.save(state, step: step) }
///     }
///     try writer.wait()
public final class AsyncCheckpoints: Sendable {
  /// The folder that is written to.
  public let checkpoints: Checkpoints
  private let queue = DispatchQueue(label: "checkpoints", qos: .utility)
  /// Guarded by `group`: it is set by the save that runs and read when none does.
  private let failure = Failure()
  private let group = DispatchGroup()

  private final class Failure: @unchecked Sendable {
    private let lock = NSLock()
    private var error: (any Error)?

    func set(_ new: any Error) { lock.withLock { error = new } }

    func take() -> (any Error)? {
      lock.withLock {
        defer { error = nil }
        return error
      }
    }
  }

  /// Creates the writer of a folder.
  public init(_ checkpoints: Checkpoints) { self.checkpoints = checkpoints }

  /// Waits for the save before, then saves a value under a step in the background.
  ///
  /// The value is taken as it is now.
  /// - Throws: the error of the save before, in which case nothing is saved; ``SerializationError``.
  public func save(
    _ target: some StateSerializable, step: some CheckpointStep, overwrite: Bool = false
  ) throws {
    try wait()
    try checkErrors()
    let state = try toStateDict(target)
    let name = step.checkpointName
    queue.async(group: group) { [checkpoints, failure] in
      do {
        _ = try checkpoints.save(state: state, name: name, overwrite: overwrite)
      } catch {
        failure.set(error)
      }
    }
  }

  /// Waits until the last save is on the disk.
  ///
  /// - Throws: its error.
  public func wait() throws {
    group.wait()
    if let error = failure.take() { throw error }
  }
}
