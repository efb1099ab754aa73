import Linen
import Optimizers
import Training

/// A training with all that must survive a stop: parameters, optimizer, random key, place in the
/// data.
package struct TrialSession: StateSerializable {
  package private(set) var state: TrainState
  private var key: Key
  private var epoch = 0
  private var batch = 0
  private let data: Dataset<[String: Tensor]>

  /// Creates the training before its first step.
  package init() throws {
    let x = Random.normal(Key(1), [50, 20])
    data = try Dataset(["x": x, "y": sum(x * x, axes: [1])])
    key = Key(3)
    let variables = try TrialModel().initialize(Key(2)) { $0(x, Key(0)) }
    state = TrainState.create(variables, optimizer: adamw(0.01))
  }

  package mutating func visitState(_ visitor: inout StateVisitor) {
    visitor.visit("state", &state)
    visitor.visit("key", &key)
    visitor.visit("epoch", &epoch)
    visitor.visit("batch", &batch)
  }

  /// The number of steps taken.
  package var step: Int { get throws { try state.step.item(as: Int.self) } }

  /// Takes one step on the next batch, with noise from a key of its own.
  package mutating func advance() throws {
    let batches = try data.batches(of: 20, shuffledBy: Key(4).foldIn(epoch))
    let examples = batches[batch]
    let keys = key.split()
    key = keys[0]
    state = try state.minimizing { variables in
      let output = try TrialModel().apply(variables) { [noise = keys[1]] in
        $0(examples["x"] ?? Tensor.zeros([]), noise)
      }
      return Loss(mean(square(output - (examples["y"] ?? Tensor.zeros([])))))
    }.state
    batch += 1
    if batch == batches.count { (epoch, batch) = (epoch + 1, 0) }
  }
}

/// A small network whose input is disturbed; its states take some time to be written.
private final class TrialModel: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor, _ key: Key) -> Tensor {
    compact {
      let noisy = x + 0.1 * Random.normal(key, x.shape)
      return Dense(1)(relu(Dense(1000)(noisy))).reshaped(to: [x.shape[0]])
    }
  }
}

/// Trains and saves after every step, on and on, from the newest checkpoint or from the start.
///
/// Calls `isSaving` before and after each save.
package func trainForever(
  _ checkpoints: Checkpoints, inBackground: Bool, isSaving: (Bool) -> Void
) throws {
  let start = try TrialSession()
  var session = try checkpoints.restoreIfPresent(start) { error in
    // A kill leaves no damaged checkpoint.
    fatalError("\(error)")
  }
  var current = session ?? start
  session = nil
  let writer = AsyncCheckpoints(checkpoints)
  while true {
    try current.advance()
    isSaving(true)
    if inBackground {
      try writer.save(current, step: try current.step)
    } else {
      try checkpoints.save(current, step: try current.step)
      isSaving(false)
    }
  }
}
