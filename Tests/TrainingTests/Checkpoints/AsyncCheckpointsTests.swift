import Foundation
import Linen
import Testing
import Training

@Suite struct AsyncCheckpointsTests {
  private func state(_ seed: Int) -> [String: Tensor] {
    ["a": Random.normal(Key(seed), [1000, 100]), "b": Random.normal(Key(seed), [1000, 100])]
  }

  @Test func asyncSaveCheckpoints() throws {
    let folder = try TemporaryFolder()
    let checkpoints = try Checkpoints(folder.path, prefix: "test_")
    let writer = AsyncCheckpoints(checkpoints)
    try writer.save(state(1), step: 0)
    try writer.wait()
    #expect(folder.files.contains("test_0"))
    #expect(try toStateDict(checkpoints.restore(state(0))) == toStateDict(state(1)))
    // Consecutive saves happen in order.
    try writer.save(state(2), step: 1)
    try writer.save(state(3), step: 2)
    try writer.wait()
    #expect(try checkpoints.availableSteps() == [2])
    #expect(try toStateDict(checkpoints.restore(state(0))) == toStateDict(state(3)))
  }

  @Test func theNextCallThrowsTheError() throws {
    let folder = try TemporaryFolder()
    let writer = AsyncCheckpoints(try Checkpoints(folder.path))
    try writer.save(state(1), step: 5)
    try writer.save(state(1), step: 4)
    #expect(throws: CheckpointError.self) { try writer.save(state(1), step: 6) }
    // It was thrown once, and that save was not begun.
    try writer.wait()
    #expect(try writer.checkpoints.availableSteps() == [5])
    try writer.save(state(1), step: 3)
    #expect(throws: CheckpointError.self) { try writer.wait() }
    try writer.wait()
  }

  @Test func savesTheValueAsItWas() throws {
    let folder = try TemporaryFolder()
    let writer = AsyncCheckpoints(try Checkpoints(folder.path))
    var state = state(1)
    try writer.save(state, step: 1)
    state["a"] = Tensor.zeros([1000, 100])
    try writer.wait()
    #expect(try toStateDict(writer.checkpoints.restore(state)) == toStateDict(self.state(1)))
  }

  /// A compiled step that uses the memory of its state again leaves a state that is being saved.
  @Test func stepsInPlaceLeaveWhatIsSaved() throws {
    let folder = try TemporaryFolder()
    let writer = AsyncCheckpoints(try Checkpoints(folder.path, keep: 20))
    let step = jit { (state: inout [String: Tensor], x: Tensor) in
      state = treeMap(state) { $0 + x }
      return x
    }
    var state = ["a": Tensor.zeros([1000, 100]) + 0]
    for count in 1...20 {
      _ = try step(&state, Tensor(1.0))
      try writer.save(state, step: count)
    }
    try writer.wait()
    for count in 1...20 {
      let restored = try writer.checkpoints.restore(state, step: count)
      #expect(
        try restored["a"]?.scalars(as: Float.self).allSatisfy { $0 == Float(count) } == true)
    }
  }
}
