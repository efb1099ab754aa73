import Foundation
import HandwrittenDigits
import Linen
import Training

/// How the network reads the test images: the confusion matrix, and what it misread.
struct Examination {
  private struct Misread {
    let index: Int
    let label: Int
    let prediction: Int
    let probability: Float
  }

  private let test: Dataset<DigitImages.Examples>
  private var matrix = ConfusionMatrix(classes: 10)
  /// Those first that the network was surest of.
  private var misread: [Misread] = []

  /// Compares probabilities `[images, 10]` with the labels.
  init(_ test: Dataset<DigitImages.Examples>, _ probabilities: Tensor) throws {
    self.test = test
    let labels = try test.arrays.labels.scalars(as: Int.self)
    let predictions = try argmax(probabilities, axis: -1).scalars(as: Int.self)
    let sureness = try max(probabilities, axes: [-1]).scalars(as: Float.self)
    try matrix.add(predictions: predictions, labels: labels)
    misread = labels.indices.filter { predictions[$0] != labels[$0] }.map {
      Misread(
        index: $0, label: labels[$0], prediction: predictions[$0], probability: sureness[$0])
    }.sorted { $0.probability > $1.probability }
  }

  func report(_ images: DigitImages) throws {
    print("\nread \(matrix.total - misread.count) of \(matrix.total) test images rightly\n")
    print(matrix)
    try draw(images)
    print("\ntest accuracy: \(String(format: "%.4f", matrix.accuracy))")
  }

  private func draw(_ images: DigitImages) throws {
    if misread.isEmpty { return print("\nno digit was misread") }
    let side = test.arrays.images.shape[1]
    let shown = misread.prefix(side > 14 ? 8 : 24)
    let pixels = try images.inks(test[shown.map(\.index)].images).scalars(as: Float.self)
    let pictures = shown.enumerated().map { place, misread in
      let image = pixels[place * side * side..<(place + 1) * side * side]
      return ImageDrawing.Picture(
        caption: "\(misread.label) as \(misread.prediction), \(Int(misread.probability * 100))%",
        rows: stride(from: image.startIndex, to: image.endIndex, by: side).map {
          Array(image[$0..<$0 + side])
        })
    }
    let note = misread.count > shown.count ? ", the surest \(shown.count) of \(misread.count)" : ""
    print("\nmisread (label as prediction, probability\(note)):\n")
    print(ImageDrawing(hasColors: Terminal.hasColors, width: Terminal.width).draw(pictures))
  }
}
