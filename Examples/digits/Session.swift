import Foundation
import Linen
import Optimizers
import Training

/// One training: what the command was asked to do, step by step.
struct Session {
  let images: DigitImages
  let epochs: Int
  let batchSize: Int
  let key: Key
  private let model = CNN()
  private let state: TrainState
  private let stepsPerEpoch: Int

  init(
    images: DigitImages, epochs: Int, batchSize: Int, learningRate: Double, key: Key
  ) throws {
    self.images = images
    self.epochs = epochs
    self.batchSize = batchSize
    self.key = key
    stepsPerEpoch = (images.train.count + batchSize - 1) / batchSize
    let schedule = cosineDecaySchedule(
      initValue: learningRate, decaySteps: epochs * stepsPerEpoch)
    let variables = try model.initialize(key.foldIn(1)) { [images] in $0(images.train[0..<1].images)
    }
    state = TrainState.create(variables, optimizer: adam(schedule))
  }

  func run() throws {
    let side = images.train.arrays.images.shape[1]
    print(parameterTable(state.params))
    print(
      "\n\(images.train.count) images of \(side)x\(side) to train with, \(images.test.count) to "
        + "test with; \(epochs) epochs of \(stepsPerEpoch) steps\n")
    let trained = try train()
    try test(trained)
  }

  // MARK: Training

  private func train() throws -> TrainState {
    let step = jit { [model] (state: TrainState, batch: DigitImages.Examples) in
      try state.minimizing { variables in
        let logits = try model.apply(variables) { $0(batch.images) }
        return Loss(
          mean(softmaxCrossEntropyWithIntegerLabels(logits, batch.labels)),
          metrics: ["accuracy": accuracy(logits, batch.labels)])
      }
    }
    var state = state
    var progress = ProgressReporter(epochs: epochs, stepsPerEpoch: stepsPerEpoch)
    for epoch in 0..<epochs {
      let batches = try images.train.batches(
        of: batchSize, shuffledBy: key.foldIn(2).foldIn(epoch))
      for batch in batches {
        let result = try step(state, batch)
        state = result.state
        progress.step(
          samples: batch.labels.elementCount,
          [
            "loss": try result.metrics["loss"]?.item() ?? .nan,
            "accuracy": try result.metrics["accuracy"]?.item() ?? .nan,
          ])
        if Interruption.isRequested {
          progress.interrupt()
          let steps = try state.step.item(as: Int.self)
          print(
            "interrupted in epoch \(epoch + 1) after \(steps) of \(epochs * stepsPerEpoch) steps")
          return state
        }
      }
      progress.endEpoch()
    }
    print("\ntrained in \(String(format: "%.1f", progress.seconds)) s")
    return state
  }

  // MARK: Test

  private struct Misread {
    let index: Int
    let label: Int
    let prediction: Int
    let probability: Float
  }

  private func test(_ state: TrainState) throws {
    let predict = jit { [model] (variables: Variables, images: Tensor) in
      softmax(try model.apply(variables) { $0(images) })
    }
    var matrix = ConfusionMatrix(classes: 10)
    var misread: [Misread] = []
    var first = 0
    for batch in try images.test.batches(of: 256) {
      let rows = try predict(state.variables, batch.images).scalars(as: Float.self)
      let labels = try batch.labels.scalars(as: Int.self)
      let predictions = labels.indices.map { row in
        (0..<10).max { rows[row * 10 + $0] < rows[row * 10 + $1] } ?? 0
      }
      try matrix.add(predictions: predictions, labels: labels)
      for (row, label) in labels.enumerated() where predictions[row] != label {
        misread.append(
          Misread(
            index: first + row, label: label, prediction: predictions[row],
            probability: rows[row * 10 + predictions[row]]))
      }
      first += labels.count
    }
    print("\nread \(matrix.total - misread.count) of \(matrix.total) test images rightly\n")
    print(matrix)
    try show(misread)
    print("\ntest accuracy: \(String(format: "%.4f", matrix.accuracy))")
  }

  /// Draws the digits that were misread, those first that the network was surest of.
  private func show(_ misread: [Misread]) throws {
    if misread.isEmpty { return print("\nno digit was misread") }
    let drawing = ImageDrawing(hasColors: Terminal.hasColors, width: Terminal.width)
    let shown = misread.sorted { $0.probability > $1.probability }.prefix(24)
    let side = images.test.arrays.images.shape[1]
    let pixels = try images.test[shown.map(\.index)].images.scalars(as: Float.self)
    let span = max(images.range.upperBound - images.range.lowerBound, 1e-6)
    let pictures = shown.enumerated().map { place, misread in
      let image = pixels[place * side * side..<(place + 1) * side * side]
        .map { ($0 - images.range.lowerBound) / span }
      return ImageDrawing.Picture(
        caption: "\(misread.label) as \(misread.prediction), \(Int(misread.probability * 100))%",
        rows: stride(from: 0, to: image.count, by: side).map { Array(image[$0..<$0 + side]) })
    }
    let note = misread.count > shown.count ? ", the surest \(shown.count) of \(misread.count)" : ""
    print("\nmisread (label as prediction, probability\(note)):\n")
    print(drawing.draw(pictures))
  }
}
