import ArgumentParser
import ExampleOptions
import Foundation
import Linen
import Optimizers
import Training

/// Teaches two LSTMs to add numbers that are written out, digit by digit.
@main
struct AdditionTraining: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "seq2seq",
    abstract: "Teaches two LSTMs to add numbers that are written out, digit by digit.")

  @Option(help: "How many steps to train.")
  var steps = 1500

  @Option(help: "How many additions make a step.")
  var batchSize = 128

  @Option(help: "How many digits the numbers have at most.")
  var digits = 2

  @Option(help: "The size of the LSTMs' memories.")
  var hidden = 64

  @Option(help: "The seed of everything random.")
  var seed = 0

  func validate() throws {
    try expect("--steps", steps)
    try expect("--batch-size", batchSize)
    // Numbers are drawn as integers of 32 bits.
    try expect("--digits", digits, atMost: 9)
    try expect("--hidden", hidden)
  }

  func run() throws {
    Interruption.watch()
    let additions = Additions(maxDigits: digits)
    let test = try additions.batch(256, Key(seed).foldIn(1))
    let state = try train(additions, test)
    try show(state, additions, test)
  }

  private func train(_ additions: Additions, _ test: Additions.Batch) throws -> TrainState {
    let model = Seq2Seq(hidden: hidden, isTeacherForcing: true)
    let variables = try model.initialize(Key(seed)) {
      $0(test.questions, test.answers, lengths: test.lengths)
    }
    let schedule = cosineDecaySchedule(initValue: 1e-2, decaySteps: steps)
    var state = TrainState.create(
      variables, optimizer: chain(clipByGlobalNorm(1), adam(schedule)))
    let step = jit { (state: inout TrainState, batch: Additions.Batch) in
      let labels = split(batch.answers, at: [1], axis: 1)[1]
      // What comes behind the end of an answer does not count.
      let isAnswer = logicalNot(labels.isPadding)
      let result = try state.minimizing { variables in
        let logits = try model.apply(variables) {
          $0(batch.questions, batch.answers, lengths: batch.lengths)
        }
        return Loss(mean(softmaxCrossEntropy(logits, labels), where: isAnswer))
      }
      state = result.state
      return result.metrics
    }
    let perEpoch = max(steps / 10, 1)
    var progress = ProgressReporter(
      epochs: (steps + perEpoch - 1) / perEpoch, stepsPerEpoch: perEpoch)
    for count in 1...steps where !Interruption.isRequested {
      let batch = try additions.batch(batchSize, Key(seed).foldIn(2).foldIn(count))
      let metrics = try step(&state, batch)
      progress.step(samples: batchSize, ["loss": try metrics["loss"]?.item() ?? .nan])
      if count % perEpoch == 0 || count == steps {
        progress.endEpoch(["accuracy": try accuracy(try answers(state, test), test)])
      }
    }
    progress.interrupt()
    return state
  }

  /// What the model answers by itself, as tokens `[batch, length]`.
  private func answers(_ state: TrainState, _ batch: Additions.Batch) throws -> Tensor {
    let model = Seq2Seq(hidden: hidden, isTeacherForcing: false)
    let logits = try model.apply(state.variables) {
      $0(batch.questions, batch.answers, lengths: batch.lengths)
    }
    return argmax(logits, axis: -1)
  }

  /// The fraction of answers that are right to their ends.
  private func accuracy(_ answers: Tensor, _ batch: Additions.Batch) throws -> Double {
    let labels = split(batch.answers, at: [1], axis: 1)[1]
    let isRight = logicalOr(answers .== argmax(labels, axis: -1), labels.isPadding)
    return try mean(all(isRight, axes: [1]).cast(to: .float32)).item()
  }

  private func show(
    _ state: TrainState, _ additions: Additions, _ batch: Additions.Batch
  ) throws {
    let length = batch.answers.shape[1] - 1
    let said = try answers(state, batch).scalars(as: Int.self)
    let questions = try argmax(batch.questions, axis: -1).scalars(as: Int.self)
    let size = batch.questions.shape[1]
    print("")
    for row in 0..<8 {
      let question = additions.text(Array(questions[row * size..<(row + 1) * size]))
      let answer = additions.number(Array(said[row * length..<(row + 1) * length]))
      let right = question.split(separator: "+").compactMap { Int($0) }.reduce(0, +)
      print("\(question) = \(answer)\(answer == "\(right)" ? "" : ", which is \(right)")")
    }
  }
}

extension Tensor {
  /// Whether one-hot tokens are padding.
  fileprivate var isPadding: Tensor { argmax(self, axis: -1) .== 0 }
}
