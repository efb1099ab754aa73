import ArgumentParser
import Foundation
import Training

/// What a training leaves in a folder: checkpoints, the figures of each epoch, their curves.
struct RunFolder {
  private let path: String
  private let checkpoints: AsyncCheckpoints
  private let writer: MultiWriter
  private let isResuming: Bool

  /// Makes the folder, or opens it to go on with what is there.
  init(_ path: String, resuming: Bool) throws {
    self.path = path
    isResuming = resuming
    checkpoints = AsyncCheckpoints(try Checkpoints("\(path)/checkpoints", keep: 3))
    if !resuming, let last = try checkpoints.checkpoints.latest() {
      throw ValidationError(
        "\(last) is of an earlier training: pass --resume to go on with it, or another --out")
    }
    writer = MultiWriter([try JSONLinesWriter("\(path)/metrics.jsonl"), try SummaryWriter(path)])
  }

  /// The state of the newest checkpoint; nil if this is a new training or there is none.
  func restored(_ state: TrainState) throws -> TrainState? {
    isResuming ? try checkpoints.checkpoints.restoreIfPresent(state) : nil
  }

  /// Writes the figures of an epoch, and saves the state in the background.
  func write(_ figures: [String: Double], _ state: TrainState) throws {
    try writer.write(figures, step: state.step.item(as: Int.self))
    try save(state)
  }

  /// Saves the state that the training ends with, and draws the curves of all epochs.
  func finish(_ state: TrainState) throws {
    try save(state)
    try checkpoints.wait()
    try writer.flush()
    let history = try MetricHistory(jsonLines: "\(path)/metrics.jsonl")
    guard !history.entries.isEmpty else { return }
    try LinePlot.save(
      [
        LinePlot(
          title: "loss", xLabel: "step", yScale: .logarithmic,
          series: [.init("train", history.curve("loss"))]),
        LinePlot(
          title: "accuracy", xLabel: "step",
          series: [
            .init("train", history.curve("accuracy")),
            .init("test", history.curve("test_accuracy")),
          ]),
      ], "\(path)/curves.svg")
    print("wrote checkpoints, metrics.jsonl and curves.svg to \(path)")
  }

  /// Saves the state, unless that has been done.
  private func save(_ state: TrainState) throws {
    let step = try state.step.item(as: Int.self)
    try checkpoints.wait()
    if try checkpoints.checkpoints.availableSteps().last != step {
      try checkpoints.save(state, step: step)
    }
  }
}
