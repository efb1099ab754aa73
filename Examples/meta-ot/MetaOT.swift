import ArgumentParser
import ExampleOptions
import HandwrittenDigits
import Linen
import OptimalTransport
import Optimizers
import Training

/// Teaches a network to guess how the ink of one digit moves to that of another, and counts the
/// iterations that a solver saves by starting from the guess.
@main
struct MetaOT: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "meta-ot",
    abstract: "Learns where to start solving optimal transport between images of digits.",
    discussion: """
      A network sees two images and predicts the potential of the transport between them. It learns \
      from pairs alone, by the dual objective (https://arxiv.org/abs/2206.05262). Then Sinkhorn's \
      iterations are counted on pairs of images it has not seen, from potentials of zero, from those \
      of normal distributions, and from the predicted ones.
      """)

  @Option(help: "How many steps to train.")
  var steps = 2000

  @Option(help: "How many pairs make a step.")
  var batchSize = 64

  @Option(help: "The learning rate of the first step; it falls along a cosine.")
  var learningRate = 0.001

  @Option(help: "The weight of the entropy, for distances across an image of side 1.")
  var epsilon = 0.01

  @Option(help: "How many pairs of test images to solve.")
  var pairs = 100

  @Option(help: "How many iterations to make on each.")
  var iterations = 1000

  @Option(help: "The seed of everything random: the same seed gives the same run.")
  var seed = 0

  @Option(help: "The file for the plot of errors over iterations.")
  var out = "meta-ot.svg"

  func validate() throws {
    try expect("--steps", steps)
    try expect("--batch-size", batchSize)
    try expect("--pairs", pairs)
    try expect("--iterations", iterations)
    for (name, value) in [("learning-rate", learningRate), ("epsilon", epsilon)]
    where !(value > 0 && value.isFinite) {
      throw ValidationError("--\(name) is \(value), expected a positive number")
    }
  }

  func run() throws {
    Interruption.watch()
    let race = try race()
    print(
      "\nmean iterations on \(pairs) pairs of images that were not trained on:\n\n\(race.table)\n")
    try race.plot.save(out)
    print("wrote \(out)")
  }

  /// Trains the network and lets it race against other starts.
  func race() throws -> Race {
    let images = try DigitImages(at: nil, Key(seed).foldIn(0))
    func digitPairs(_ images: Tensor) -> DigitPairs { DigitPairs(images, epsilon: epsilon) }
    let train = digitPairs(images.inks(images.train.arrays.images))
    let test = digitPairs(images.inks(images.test.arrays.images))
    let learned = try learn(train)
    var race = Race(
      test.geometry, test.draw(pairs, Key(seed).foldIn(3)), iterations: iterations)
    try race.run("zeros", DefaultInitializer())
    try race.run("Gaussian", GaussianInitializer())
    try race.run("learned", learned)
    return race
  }

  private func learn(_ train: DigitPairs) throws -> MetaInitializer {
    let meta = try MetaInitializer(train.geometry, key: Key(seed).foldIn(1))
    let schedule = cosineDecaySchedule(initValue: learningRate, decaySteps: steps)
    var state = TrainState.create(meta.variables, optimizer: adam(schedule))
    let step = jit { (state: inout TrainState, key: Key) in
      let (a, b) = train.draw(batchSize, key)
      let result = try state.minimizing { Loss(try meta.loss($0, a: a, b: b)) }
      state = result.state
      return result.metrics
    }
    let perEpoch = max(steps / 10, 1)
    let epochs = (steps + perEpoch - 1) / perEpoch
    var progress = ProgressReporter(epochs: epochs, stepsPerEpoch: perEpoch)
    for count in 1...steps where !Interruption.isRequested {
      let metrics = try step(&state, Key(seed).foldIn(2).foldIn(count))
      progress.step(samples: batchSize, ["loss": try metrics["loss"]?.item() ?? .nan])
      if count % perEpoch == 0 || count == steps { progress.endEpoch() }
    }
    progress.interrupt()
    return meta.with(state.variables)
  }
}
