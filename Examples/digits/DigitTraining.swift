import Foundation
import HandwrittenDigits
import Linen
import Optimizers
import Training

/// A training of the network from its initial parameters, or a checkpoint, to the last epoch.
struct DigitTraining {
  private let model = CNN()
  private let images: DigitImages
  private let loader: DataLoader<DigitImages.Examples>
  private let epochs: Int
  private let folder: RunFolder?
  private let start: TrainState
  private let predict: JITFunction2<Variables, Tensor, Tensor>

  init(
    images: DigitImages, epochs: Int, batchSize: Int, learningRate: Double, key: Key,
    folder: RunFolder?
  ) throws {
    self.images = images
    self.epochs = epochs
    self.folder = folder
    loader = try DataLoader(images.train, batchSize: batchSize, shuffledBy: key.foldIn(2))
    let schedule = cosineDecaySchedule(
      initValue: learningRate, decaySteps: epochs * loader.batchesPerEpoch)
    let variables = try model.initialize(key.foldIn(1)) {
      $0(images.train[0..<1].images, train: false)
    }
    let state = TrainState.create(
      variables, optimizer: adam(schedule), key: key.foldIn(3), dataPosition: DataPosition())
    start = try folder?.restored(state) ?? state
    predict = jit { [model] variables, images in
      softmax(try model.apply(variables) { $0(images, train: false) })
    }
  }

  /// Trains until the last epoch is done or a person has pressed Ctrl-C.
  func run() throws -> TrainState {
    var state = start
    let position = try state.dataPosition?.numbers() ?? (0, 0)
    try printStart(state)
    let step = jit { [model] (state: inout TrainState, batch: DigitImages.Examples) in
      let key = state.stepKey
      let result = try state.minimizing { variables in
        let (logits, updates) = try model.apply(
          variables, rngs: ["dropout": key], mutable: .deny("params")
        ) { $0(batch.images, train: true) }
        return Loss(
          mean(softmaxCrossEntropyWithIntegerLabels(logits, batch.labels)), collections: updates,
          metrics: ["accuracy": accuracy(logits, batch.labels)])
      }
      state = result.state
      return result.metrics
    }
    var progress = ProgressReporter(
      epochs: epochs, stepsPerEpoch: loader.batchesPerEpoch, startingAt: position)
    for batch in try loader.batches(from: state.dataPosition ?? DataPosition(), epochs: epochs) {
      let metrics = try step(&state, batch.examples)
      state.dataPosition = batch.next
      progress.step(
        samples: batch.examples.labels.elementCount,
        [
          "loss": try metrics["loss"]?.item() ?? .nan,
          "accuracy": try metrics["accuracy"]?.item() ?? .nan,
        ])
      if Interruption.isRequested {
        progress.interrupt()
        print("interrupted in epoch \(batch.epoch + 1)")
        break
      }
      if batch.endsEpoch {
        let test = try accuracy(predictions(state), images.test.arrays.labels).item(as: Double.self)
        let figures = progress.endEpoch(["test_accuracy": test])
        try folder?.write(figures, state)
      }
    }
    print("\ntrained in \(String(format: "%.1f", progress.seconds)) s")
    try folder?.finish(state)
    return state
  }

  private func printStart(_ state: TrainState) throws {
    let side = images.train.arrays.images.shape[1]
    let steps = try state.step.item(as: Int.self)
    print(parameterTable(state.params))
    print(
      """

      \(images.train.count) images of \(side)x\(side) to train with, \(images.test.count) to test \
      with; \(epochs) epochs of \(loader.batchesPerEpoch) steps\
      \(steps > 0 ? ", of which \(steps) steps are done" : "")

      """)
  }

  /// The probabilities of the classes for each test image, `[images, 10]`.
  func predictions(_ state: TrainState) throws -> Tensor {
    concatenate(
      try images.test.batches(of: 256).map { batch in
        try predict(state.variables, batch.images)
      })
  }
}
