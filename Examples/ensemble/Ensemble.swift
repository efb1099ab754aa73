import ArgumentParser
import ExampleOptions
import Foundation
import HandwrittenDigits
import Linen
import Optimizers
import Training

/// Two dense layers; images `[batch, pixels]` give logits `[batch, 10]`.
private final class MLP: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor {
    compact(x) { x in
      let hidden = relu(Dense(64)(x))
      return Dense(10)(hidden)
    }
  }
}

/// Trains several networks at once as one, by `vmap` over their states, and asks them together.
@main
struct Ensemble: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ensemble",
    abstract: "Trains several networks at once, by vmap over their states, and asks them together.")

  @Option(help: "How many networks.")
  var members = 8

  @Option(help: "How often to go over the images.")
  var epochs = 20

  @Option(help: "How many images make a step.")
  var batchSize = 64

  @Option(help: "The seed of everything random.")
  var seed = 0

  func validate() throws {
    try expect("--members", members)
    try expect("--epochs", epochs)
    try expect("--batch-size", batchSize)
  }

  func run() throws {
    Interruption.watch()
    let images = try DigitImages(at: nil, Key(seed))
    let (x, labels) = (pixels(images.test.arrays), images.test.arrays.labels)
    let model = MLP()

    // Every tensor of this state has a leading axis of members.
    var state = try vmap { (key: Key) in
      let variables = try model.initialize(key) { $0(x) }
      return TrainState.create(variables, optimizer: adamw(3e-3, weightDecay: 0.01))
    }(Key(seed).foldIn(1).split(into: [members]))

    // Each member takes its own step on the same batch.
    let step = jit { (state: inout TrainState, batch: DigitImages.Examples) in
      let x = pixels(batch)
      let result = try vmap(inAxes: [0, nil]) { (state: TrainState, labels: Tensor) in
        try state.minimizing { variables in
          let logits = try model.apply(variables) { $0(x) }
          return Loss(mean(softmaxCrossEntropyWithIntegerLabels(logits, labels)))
        }
      }(state, batch.labels)
      state = result.state
      return result.metrics
    }
    let predict = jit { (variables: Variables, x: Tensor) in
      try vmap { (variables: Variables) in softmax(try model.apply(variables) { $0(x) }) }(
        variables)
    }

    let loader = try DataLoader(
      images.train, batchSize: batchSize, shuffledBy: Key(seed).foldIn(2), remainder: .drop)
    var progress = ProgressReporter(epochs: epochs, stepsPerEpoch: loader.batchesPerEpoch)
    for batch in try loader.batches(epochs: epochs) where !Interruption.isRequested {
      let metrics = try step(&state, batch.examples)
      progress.step(
        samples: batchSize * members,
        ["loss": try metrics["loss"].map { try mean($0).item() } ?? .nan])
      if batch.endsEpoch { progress.endEpoch() }
    }
    progress.interrupt()

    let probabilities = try predict(state.variables, x)
    let alone = try unstack(probabilities).map { try accuracy($0, labels).item(as: Double.self) }
    print("\ntest accuracy of each: \(alone.map { String(format: "%.4f", $0) })")
    let together = try accuracy(mean(probabilities, axes: [0]), labels).item(as: Double.self)
    print("test accuracy of their mean: \(String(format: "%.4f", together))")
  }
}

/// The images as vectors.
private func pixels(_ examples: DigitImages.Examples) -> Tensor {
  examples.images.reshaped(to: [examples.images.shape[0], -1])
}
