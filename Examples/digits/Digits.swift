import ArgumentParser
import Foundation
import Linen
import Optimizers
import Training

/// Trains a convolutional network to read handwritten digits, and shows what it misreads.
@main
struct Digits: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "digits",
    abstract: "Trains a convolutional network to read handwritten digits.",
    discussion: """
      Without --data it reads the 1,797 digits of 8x8 pixels that come with the example, and tests \
      on a fifth of them. Ctrl-C ends the training and tests what has been learned.
      """)

  @Option(help: "How often to go over the training images (default: 30; 3 for a folder).")
  var epochs: Int?

  @Option(help: "How many images make a step.")
  var batchSize = 32

  @Option(help: "The learning rate of the first step; it falls along a cosine.")
  var learningRate = 0.003

  @Option(help: "The seed of parameters, split and order: the same seed gives the same run.")
  var seed = 0

  @Option(help: "A folder with MNIST's IDX files, gzipped or not, or a CSV file of square images.")
  var data: String?

  func validate() throws {
    func check(_ isRight: Bool, _ message: String) throws {
      if !isRight { throw ValidationError(message) }
    }
    try check(epochs ?? 1 > 0, "--epochs is \(epochs ?? 0), expected at least 1")
    try check(batchSize > 0, "--batch-size is \(batchSize), expected at least 1")
    try check(
      learningRate > 0 && learningRate.isFinite,
      "--learning-rate is \(learningRate), expected a positive number")
  }

  func run() throws {
    let images: DigitImages
    do {
      images = try DigitImages(try path(), Key(seed).foldIn(0))
    } catch let error as DataFileError {
      print(error, to: &standardError)
      throw ExitCode.failure
    }
    Interruption.watch()
    let isFolder = data.map { FileManager.default.fileExists(atPath: "\($0)/.") } ?? false
    let session = try Session(
      images: images, epochs: epochs ?? (isFolder ? 3 : 30), batchSize: batchSize,
      learningRate: learningRate, key: Key(seed))
    try session.run()
    if Interruption.isRequested { throw ExitCode(130) }
  }

  /// The data's path: the digits that are part of the program, unless others are named.
  private func path() throws -> String {
    if let data { return data }
    guard
      let path = Bundle.module.path(forResource: "digits.csv", ofType: "gz", inDirectory: "Data")
    else {
      throw DataFileError(
        Bundle.module.bundlePath, .file, found: "no Data/digits.csv.gz", expected: "the digits")
    }
    return path
  }
}

/// What `print(_:to:)` writes errors to.
nonisolated(unsafe) private var standardError = StandardError()

private struct StandardError: TextOutputStream {
  mutating func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
