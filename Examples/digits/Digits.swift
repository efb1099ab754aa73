import ArgumentParser
import ExampleOptions
import HandwrittenDigits
import Linen
import Training

/// Trains a convolutional network to read handwritten digits, and shows what it misreads.
@main
struct Digits: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "digits",
    abstract: "Trains a convolutional network to read handwritten digits.",
    discussion: """
      Without --data it reads the 1,797 digits of 8x8 pixels that come with the example, and tests \
      on a fifth of them. Ctrl-C ends the training and tests what has been learned; with --out and \
      --resume it goes on later, to the same parameters.
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

  @Option(help: "A folder for checkpoints, metrics.jsonl, curves.svg and TensorBoard's events.")
  var out: String?

  @Flag(help: "Go on from the newest checkpoint in the folder of --out.")
  var resume = false

  func validate() throws {
    try expect("--epochs", epochs ?? 1)
    try expect("--batch-size", batchSize)
    guard learningRate > 0, learningRate.isFinite else {
      throw ValidationError("--learning-rate is \(learningRate), expected a positive number")
    }
    guard !resume || out != nil else {
      throw ValidationError("--resume needs the folder: --out FOLDER")
    }
  }

  func run() throws {
    Interruption.watch()
    let images = try DigitImages(at: data, Key(seed).foldIn(0))
    let folder = try out.map { try RunFolder($0, resuming: resume) }
    let training = try DigitTraining(
      images: images, epochs: epochs ?? (data.map(DigitImages.isFolder) == true ? 3 : 30),
      batchSize: batchSize, learningRate: learningRate, key: Key(seed), folder: folder)
    let state = try training.run()
    try Examination(images.test, training.predictions(state)).report(images)
    if Interruption.isRequested { throw ExitCode(130) }
  }
}
