import ArgumentParser
import ExampleOptions
import HandwrittenDigits
import Linen
import Optimizers
import Training

/// Trains a variational autoencoder on handwritten digits, and draws digits that nobody wrote.
@main
struct VAETraining: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vae",
    abstract: "Trains a variational autoencoder on handwritten digits, and draws new ones.")

  @Option(help: "How often to go over the images.")
  var epochs = 40

  @Option(help: "How many images make a step.")
  var batchSize = 128

  @Option(help: "How many numbers describe an image.")
  var latents = 8

  @Option(help: "The seed of everything random.")
  var seed = 0

  @Option(help: "A folder for samples.png and reconstructions.png.")
  var out: String?

  func validate() throws {
    try expect("--epochs", epochs)
    try expect("--batch-size", batchSize)
    try expect("--latents", latents)
  }

  func run() throws {
    Interruption.watch()
    let images = try DigitImages(at: nil, Key(seed))
    let side = images.train.arrays.images.shape[1]
    func pixels(_ images: DigitImages, _ examples: Tensor) -> Tensor {
      images.inks(examples).reshaped(to: [-1, side * side])
    }
    let test = pixels(images, images.test.arrays.images)
    let state = try train(try Dataset(pixels(images, images.train.arrays.images)), test)

    let model = VAE(pixels: side * side, latents: latents)
    let codes = Random.normal(Key(seed).foldIn(4), [64, latents])
    let samples = try model.apply(state.variables) { $0.generate(codes) }
    try draw(samples, side)
    guard let out else { return }
    try savePNG(grid(samples, side), "\(out)/samples.png")
    let originals = split(test, at: [8])[0]
    let copies = try model.apply(state.variables, rngs: ["latent": Key(seed)]) { $0(originals) }
    try savePNG(
      grid(concatenate([originals, sigmoid(copies.logits)]), side), "\(out)/reconstructions.png")
    print("wrote samples.png and reconstructions.png to \(out)")
  }

  private func train(_ data: Dataset<Tensor>, _ test: Tensor) throws -> TrainState {
    let model = VAE(pixels: test.shape[1], latents: latents)
    let key = Key(seed).foldIn(1)
    let variables = try model.initialize(["params": key, "latent": key]) { $0(test) }
    var state = TrainState.create(variables, optimizer: adam(2e-3), key: Key(seed).foldIn(2))
    func loss(_ variables: Variables, _ x: Tensor, _ key: Key) throws -> Loss {
      let result = try model.apply(variables, rngs: ["latent": key]) { $0(x) }
      let entropy = mean(sum(sigmoidBinaryCrossEntropy(result.logits, x), axes: [-1]))
      let divergence = mean(result.code.divergence)
      return Loss(
        entropy + divergence, metrics: ["entropy": entropy, "divergence": divergence])
    }
    let step = jit { (state: inout TrainState, x: Tensor) in
      let key = state.stepKey
      let result = try state.minimizing { try loss($0, x, key) }
      state = result.state
      return result.metrics
    }
    let evaluate = jit { (state: TrainState, x: Tensor) in
      try loss(state.variables, x, state.stepKey).value
    }
    let loader = try DataLoader(data, batchSize: batchSize, shuffledBy: Key(seed).foldIn(3))
    var progress = ProgressReporter(epochs: epochs, stepsPerEpoch: loader.batchesPerEpoch)
    for batch in try loader.batches(epochs: epochs) where !Interruption.isRequested {
      let metrics = try step(&state, batch.examples)
      progress.step(
        samples: batch.examples.shape[0],
        [
          "loss": try metrics["loss"]?.item() ?? .nan,
          "divergence": try metrics["divergence"]?.item() ?? .nan,
        ])
      if batch.endsEpoch { progress.endEpoch(["test_loss": try evaluate(state, test).item()]) }
    }
    progress.interrupt()
    return state
  }

  /// Draws the first images in the terminal.
  private func draw(_ images: Tensor, _ side: Int) throws {
    let inks = try images.scalars(as: Float.self)
    let pictures = (0..<min(16, images.shape[0])).map { place in
      ImageDrawing.Picture(
        caption: "",
        rows: (0..<side).map { row in
          Array(inks[(place * side + row) * side..<(place * side + row + 1) * side])
        })
    }
    print("\ndigits that nobody wrote:\n")
    print(ImageDrawing(hasColors: Terminal.hasColors, width: Terminal.width).draw(pictures))
  }

  private func grid(_ images: Tensor, _ side: Int) -> Tensor {
    imageGrid(images.reshaped(to: [-1, side, side, 1]), padding: 1, padValue: 0.5, scale: 6)
  }
}
