import Foundation
import Linen
import Testing
import Training

/// What is left by crashes, bad disks and other writers.
@Suite struct DamagedCheckpointTests {
  private let state = ["a": Tensor([1.0, 2, 3, 4]), "b": Tensor(7, dtype: .int32)]
  private var zeros: [String: Tensor] { treeMap(state) { $0 * 0 } }

  private func saved(_ folder: borrowing TemporaryFolder) throws -> Checkpoints {
    let checkpoints = try Checkpoints(folder.path, keep: 3)
    for step in 1...3 { try checkpoints.save(treeMap(state) { $0 * Tensor(step) }, step: step) }
    return checkpoints
  }

  private func first(_ tree: [String: Tensor]) throws -> Double? {
    try tree["a"]?.scalars(as: Double.self).first
  }

  /// Cuts the newest checkpoint at every byte, and flips a bit of each byte.
  @Test func everyDamageIsNamedAndTheOneBeforeLoads() throws {
    let folder = try TemporaryFolder()
    let checkpoints = try saved(folder)
    let path = checkpoints.path(of: 3)
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    var damages = (0..<whole.count).map { whole.prefix($0) }
    for index in whole.indices {
      var flipped = whole
      flipped[index] ^= 1 << (index % 8)
      damages.append(flipped)
    }
    for damage in damages {
      try damage.write(to: URL(fileURLWithPath: path))
      var named: [CheckpointError] = []
      #expect(try first(checkpoints.restore(zeros) { named.append($0) }) == 2)
      #expect(named.map(\.path) == [path])
      #expect(throws: CheckpointError.self) { try checkpoints.restore(zeros, step: 3) }
    }
    try whole.write(to: URL(fileURLWithPath: path))
    #expect(try first(checkpoints.restore(zeros)) == 3)
  }

  @Test func damageIsDescribed() throws {
    let folder = try TemporaryFolder()
    let checkpoints = try saved(folder)
    let path = checkpoints.path(of: 3)
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    func message() throws -> String {
      try bytes.write(to: URL(fileURLWithPath: path))
      let error = #expect(throws: CheckpointError.self) { try checkpoints.restore(zeros, step: 3) }
      return "\(try #require(error))"
    }
    bytes[bytes.count - 1] ^= 1
    #expect(
      try message().hasPrefix("The checkpoint \(path) is damaged: its bytes have the checksum "))
    bytes.removeLast(10)
    #expect(
      try message()
        == "The checkpoint \(path) is damaged: it has \(bytes.count) bytes, \(bytes.count + 10) "
        + "were written")
    // Without a checksum, as Flax writes checkpoints, the format still tells.
    try FileManager.default.removeItem(atPath: "\(folder.path)/.checkpoint_3.checksum")
    #expect(try message().contains("the bytes end after"))
  }

  @Test func allDamagedIsAnError() throws {
    let folder = try TemporaryFolder()
    let checkpoints = try saved(folder)
    for step in 1...3 {
      try Data([0xC1]).write(to: URL(fileURLWithPath: checkpoints.path(of: step)))
    }
    var named: [String] = []
    #expect {
      try checkpoints.restoreIfPresent(zeros) { named.append($0.path) }
    } throws: {
      ($0 as? CheckpointError)?.path == checkpoints.path(of: 3)
    }
    #expect(named == [3, 2, 1].map { checkpoints.path(of: $0) })
  }

  /// The states between the steps of a save, as a kill leaves them.
  @Test func interruptedSavesLeaveWholeCheckpoints() throws {
    let folder = try TemporaryFolder()
    let checkpoints = try saved(folder)
    // Killed while writing, by us and by Flax.
    try folder.write("half", ".checkpoint_4.partial")
    try folder.write("half", ".checkpoint_4.checksum.partial")
    try folder.write("half", "checkpoint_tmp")
    #expect(try first(checkpoints.restore(zeros)) == 3)
    // Killed between the checkpoint and its checksum.
    try FileManager.default.removeItem(atPath: "\(folder.path)/.checkpoint_3.checksum")
    #expect(try first(checkpoints.restore(zeros)) == 3)
    // The next save removes what was left.
    try checkpoints.save(state, step: 4)
    #expect(
      folder.files == [
        ".checkpoint_2.checksum", ".checkpoint_4.checksum", ".checkpoint_lock", "checkpoint_2",
        "checkpoint_3", "checkpoint_4", "checkpoint_tmp",
      ])
  }

  @Test func onlyOneWriter() throws {
    let folder = try TemporaryFolder()
    let checkpoints = try saved(folder)
    let lock = open("\(folder.path)/.checkpoint_lock", O_RDWR)
    defer { close(lock) }
    #expect(flock(lock, LOCK_EX) == 0)
    #expect {
      try checkpoints.save(state, step: 4)
    } throws: {
      "\($0)" == "Another writer is saving checkpoints in \(folder.path)"
    }
    #expect(try first(checkpoints.restore(zeros)) == 3)
    #expect(flock(lock, LOCK_UN) == 0)
    try checkpoints.save(state, step: 4)
  }

  @Test func aFailedSaveLeavesNothing() throws {
    let folder = try TemporaryFolder()
    let checkpoints = try saved(folder)
    let before = folder.files
    var deep: StateValue = 1
    for _ in 0..<300 { deep = ["a": deep] }
    #expect(throws: SerializationError.self) { try checkpoints.save(deep, step: 4) }
    #expect(folder.files == before)
  }
}
