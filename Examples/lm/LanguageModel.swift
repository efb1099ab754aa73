import ArgumentParser
import ExampleOptions
import Foundation
import Linen
import Optimizers
import Training

/// Trains a small transformer on characters, and lets it write.
@main
struct LanguageModel: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lm",
    abstract: "Trains a small transformer on characters, and lets it write.",
    discussion: """
      Without --text it learns sentences of a grammar, for which the perplexity of the best model \
      is known.
      """)

  @Option(help: "How many steps to train.")
  var steps = 400

  @Option(help: "How many pieces of text make a step.")
  var batchSize = 16

  @Option(help: "How many characters a piece has, which is as far as the model sees.")
  var length = 64

  @Option(help: "A file to learn from, of characters in ASCII.")
  var text: String?

  @Option(help: "The seed of everything random.")
  var seed = 0

  func validate() throws {
    try expect("--steps", steps)
    try expect("--batch-size", batchSize)
    try expect("--length", length)
  }

  func run() throws {
    Interruption.watch()
    let (text, best) = try corpus()
    let alphabet = Alphabet(text)
    // Behind a tenth to test with there is at least one batch.
    let fewest = (batchSize + 1) * 2 * (length + 1)
    guard text.utf8.count >= fewest else {
      throw ValidationError(
        "the text has \(text.utf8.count) characters, expected at least \(fewest)")
    }
    let data = try Dataset(alphabet.tokens(text, length: length + 1))
    let (train, test) = try data.split(testFraction: 0.1, Key(seed))
    let state = try self.train(train, test, alphabet, best)
    print("\nwhat it writes:\n")
    print(try write(state.variables, alphabet))
  }

  /// The text to learn from, and the perplexity of a character if it is known.
  private func corpus() throws -> (text: String, perplexity: Double?) {
    if let text { return (try String(contentsOfFile: text, encoding: .ascii), nil) }
    var grammar = Grammar(seed: UInt64(truncatingIfNeeded: seed))
    let text = grammar.text(length: 100_000)
    return (text, grammar.perplexity)
  }

  private func train(
    _ train: Dataset<Tensor>, _ test: Dataset<Tensor>, _ alphabet: Alphabet, _ best: Double?
  ) throws -> TrainState {
    let model = Transformer(vocabulary: alphabet.count, maxLength: length)
    let variables = try model.initialize(Key(seed)) { $0(inputs(test[0..<1])) }
    let schedule = warmupCosineDecaySchedule(
      initValue: 0, peakValue: 3e-3, warmupSteps: steps / 10, decaySteps: steps)
    var state = TrainState.create(
      variables, optimizer: chain(clipByGlobalNorm(1), adamw(schedule, weightDecay: 0.01)))

    func losses(_ variables: Variables, _ tokens: Tensor) throws -> Tensor {
      let logits = try model.apply(variables) { $0(inputs(tokens)) }
      return softmaxCrossEntropyWithIntegerLabels(logits, targets(tokens))
    }
    let step = jit { (state: inout TrainState, tokens: Tensor) in
      let result = try state.minimizing { Loss(mean(try losses($0, tokens))) }
      state = result.state
      return result.metrics
    }
    let evaluate = jit { (variables: Variables, tokens: Tensor) in
      Perplexity(losses: try losses(variables, tokens))
    }

    let loader = try DataLoader(
      train, batchSize: batchSize, shuffledBy: Key(seed).foldIn(1), remainder: .drop)
    let perEpoch = max(steps / 10, 1)
    var progress = ProgressReporter(
      epochs: (steps + perEpoch - 1) / perEpoch, stepsPerEpoch: perEpoch)
    for (count, batch) in zip(1...steps, try loader.batches(epochs: .max))
    where !Interruption.isRequested {
      let metrics = try step(&state, batch.examples)
      progress.step(samples: batchSize, ["loss": try metrics["loss"]?.item() ?? .nan])
      if count % perEpoch == 0 || count == steps {
        let perplexity = try evaluate(state.variables, test[0..<min(test.count, 64)])
        progress.endEpoch(["perplexity": try perplexity.compute().item()])
      }
    }
    progress.interrupt()
    if let best { print("\nthe best model's perplexity: \(String(format: "%.4f", best))") }
    return state
  }

  /// Lets the model write several texts at once, drawing one character after the other.
  private func write(_ variables: Variables, _ alphabet: Alphabet) throws -> String {
    let count = 4
    let model = Transformer(vocabulary: alphabet.count, maxLength: length, decode: true)
    // The cache has room for texts of full length.
    let start = try model.initialize(Key(0)) { $0(Tensor.zeros([count, length], dtype: .int32)) }
    var writing = variables.merging(["cache": start["cache"]])
    let next = jit { (variables: Variables, token: Tensor, key: Key) in
      let (logits, cache) = try model.apply(variables, mutable: ["cache"]) { $0(token) }
      return Writing(token: Random.categorical(key, logits), cache: cache)
    }
    var token = Tensor.full([count, 1], alphabet.lineEnd, dtype: .int32)
    var texts = [String](repeating: "", count: count)
    for place in 0..<length {
      let result = try next(writing, token, Key(seed).foldIn(2).foldIn(place))
      token = result.token
      writing = writing.merging(result.cache)
      for (row, number) in try token.scalars(as: Int.self).enumerated() {
        texts[row] += alphabet.character(number)
      }
    }
    return texts.joined(separator: "\n\n")
  }

  private func inputs(_ tokens: Tensor) -> Tensor { split(tokens, at: [length], axis: 1)[0] }

  private func targets(_ tokens: Tensor) -> Tensor { split(tokens, at: [1], axis: 1)[1] }
}

/// The character that was written, and what the model remembers.
private struct Writing: TensorTree {
  var token: Tensor
  var cache: Variables

  mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit(.field("token"), &token)
    visitor.visit(.field("cache"), &cache)
  }
}
