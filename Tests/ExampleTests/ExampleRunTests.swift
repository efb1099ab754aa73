#if !Macros
// With the trait the tests belong to a macro, for which SwiftPM builds no executables to import.
import Foundation
import Linen
import Testing
import Training

@testable import digits
@testable import ensemble
@testable import lm
@testable import meta_ot
@testable import seq2seq
@testable import vae

/// Every example runs, briefly.
@Suite(.serialized) struct ExampleRunTests {
  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "\(UUID())").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  /// Runs `body` with SIGINT let through: a process inherits what the thread that starts it blocks,
  /// and threads that run tests block all signals.
  private func withInterruptions(_ body: () throws -> Void) rethrows {
    var (interruptions, before) = (sigset_t(), sigset_t())
    sigemptyset(&interruptions)
    sigaddset(&interruptions, SIGINT)
    pthread_sigmask(SIG_UNBLOCK, &interruptions, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    try body()
  }

  private func parameters(_ folder: String) throws -> StateValue {
    try Checkpoints("\(folder)/checkpoints").restoreState()
  }

  /// A training that goes on from a checkpoint ends with the same bits as one that never stopped.
  @Test func digitsResumeToTheSameParameters() throws {
    try withFolder { folder in
      let common = ["--epochs", "2", "--batch-size", "256"]
      try Digits.parse(common + ["--out", "\(folder)/whole"]).run()
      try Digits.parse(common + ["--out", "\(folder)/parts"]).run()
      let parts = "\(folder)/parts/checkpoints"
      // As if it had been killed after the first epoch.
      let last = try #require(try Checkpoints(parts).latest())
      let steps = try Checkpoints(parts).availableSteps()
      #expect(steps == [6, 12])
      try FileManager.default.removeItem(atPath: last)
      try Digits.parse(common + ["--out", "\(folder)/parts", "--resume"]).run()
      #expect(try parameters("\(folder)/whole") == parameters("\(folder)/parts"))

      let history = try MetricHistory(jsonLines: "\(folder)/parts/metrics.jsonl")
      #expect(history.entries.map(\.step) == [6, 12])
      #expect(history.entries[1].scalars.keys.sorted() == ["accuracy", "loss", "test_accuracy"])
      let svg = try String(contentsOfFile: "\(folder)/parts/curves.svg", encoding: .utf8)
      #expect(svg.contains("accuracy"))
      let error = #expect(throws: (any Error).self) {
        try Digits.parse(common + ["--out", "\(folder)/parts"]).run()
      }
      #expect("\(try #require(error))".contains("pass --resume"))
    }
  }

  /// A training that Ctrl-C has ended within an epoch goes on to the bits of one that never stopped.
  @Test func digitsGoOnAfterAnInterruption() throws {
    try withFolder { folder in
      let common = ["--epochs", "3", "--batch-size", "128"]
      try Digits.parse(common + ["--out", "\(folder)/whole"]).run()
      let process = Process()
      process.executableURL = URL(filePath: CommandLine.arguments[0])
        .deletingLastPathComponent().appending(path: "digits")
      process.arguments = common + ["--out", "\(folder)/parts"]
      process.standardOutput = FileHandle.nullDevice
      try withInterruptions { try process.run() }
      let checkpoints = try Checkpoints("\(folder)/parts/checkpoints")
      while process.isRunning, try checkpoints.latest() == nil { usleep(2000) }
      process.interrupt()
      process.waitUntilExit()
      #expect(process.terminationStatus == 130)
      // An epoch has 12 steps.
      let last = try #require(try checkpoints.availableSteps().last)
      #expect((12..<36).contains(last))

      try Digits.parse(common + ["--out", "\(folder)/parts", "--resume"]).run()
      #expect(try checkpoints.availableSteps().last == 36)
      #expect(try parameters("\(folder)/whole") == parameters("\(folder)/parts"))
    }
  }

  @Test func optionsOutOfRangeAreErrors() {
    let parses: [() throws -> Void] = [
      { _ = try Digits.parse(["--epochs", "0"]) },
      { _ = try VAETraining.parse(["--latents", "0"]) },
      { _ = try Ensemble.parse(["--members=-1"]) },
      { _ = try LanguageModel.parse(["--length", "0"]) },
      { _ = try AdditionTraining.parse(["--digits=-1"]) },
      { _ = try AdditionTraining.parse(["--digits", "10"]) },
    ]
    for parse in parses { #expect(throws: (any Error).self) { try parse() } }
    let error = #expect(throws: (any Error).self) {
      try AdditionTraining.parse(["--digits", "10"])
    }
    #expect("\(error.map { "\($0)" } ?? "")".contains("--digits is 10, expected 1 to 9"))
  }

  @Test func vaeDraws() throws {
    try withFolder { folder in
      try VAETraining.parse(["--epochs", "1", "--out", folder]).run()
      for name in ["samples.png", "reconstructions.png"] {
        #expect(FileManager.default.fileExists(atPath: "\(folder)/\(name)"))
      }
    }
  }

  @Test func ensembleTrains() throws {
    try Ensemble.parse(["--members", "3", "--epochs", "1"]).run()
  }

  @Test func languageModelWrites() throws {
    try LanguageModel.parse(["--steps", "3", "--batch-size", "4"]).run()
  }

  /// A short training is enough to start nearer to the solution than zeros do.
  @Test func metaOTLearnsToStart() throws {
    try withFolder { folder in
      let arguments = [
        "--steps", "60", "--batch-size", "32", "--pairs", "16", "--iterations", "200",
      ]
      let race = try MetaOT.parse(arguments).race()
      #expect(race.runs.map(\.start) == ["zeros", "Gaussian", "learned"])
      let means = race.runs.map { $0.meanIterations(to: 1e-2) }
      #expect(means[2] < 0.9 * means[0], "\(means)")
      #expect(means[1] < 0.75 * means[0], "\(means)")
      #expect(race.table.split(separator: "\n").count == 4)
      try race.plot.save("\(folder)/plot.svg")
      let svg = try String(contentsOfFile: "\(folder)/plot.svg", encoding: .utf8)
      for run in race.runs { #expect(svg.contains(run.start)) }
    }
  }

  @Test func lstmsAdd() throws {
    try AdditionTraining.parse(["--steps", "3", "--batch-size", "8", "--hidden", "8"]).run()
  }
}

@Suite struct GrammarTests {
  @Test func knowsItsPerplexity() {
    var grammar = Grammar(seed: 1)
    let text = grammar.text(length: 2000)
    #expect(grammar.characters == text.utf8.count)
    #expect(text.split(separator: "\n").allSatisfy { $0.hasSuffix(".") })
    #expect((1.2...2).contains(grammar.perplexity))
    var same = Grammar(seed: 1)
    #expect(same.text(length: 2000) == text)
  }
}

@Suite struct AdditionsTests {
  @Test func writesQuestionsAndAnswers() throws {
    let additions = Additions(maxDigits: 2)
    let batch = try additions.batch(5, Key(0))
    #expect(batch.questions.shape == [5, 6, Additions.size])
    #expect(batch.answers.shape == [5, 5, Additions.size])
    let questions = try argmax(batch.questions, axis: -1).scalars(as: Int.self)
    let answers = try argmax(batch.answers, axis: -1).scalars(as: Int.self)
    for row in 0..<5 {
      let question = additions.text(Array(questions[row * 6..<(row + 1) * 6]))
      let answer = Array(answers[row * 5..<(row + 1) * 5])
      #expect(additions.text([answer[0]]) == "=")
      let right = question.split(separator: "+").compactMap { Int($0) }.reduce(0, +)
      #expect(additions.number(Array(answer.dropFirst())) == "\(right)")
      #expect(try batch.lengths.scalars(as: Int.self)[row] == question.count + 1)
    }
  }
}

@Suite struct TransformerTests {
  /// One character after the other, from the cache, as all at once.
  @Test func decodesWhatItComputesAtOnce() throws {
    let tokens = Random.randint(Key(1), [2, 5], 0, 7)
    let model = Transformer(vocabulary: 7, features: 8, heads: 2, maxLength: 6)
    let decoder = Transformer(vocabulary: 7, features: 8, heads: 2, maxLength: 6, decode: true)
    let variables = try model.initialize(Key(0)) { $0(tokens) }
    let whole = try model.apply(variables) { $0(tokens) }
    let start = try decoder.initialize(Key(0)) { $0(Tensor.zeros([2, 6], dtype: .int32)) }
    var state = variables.merging(["cache": start["cache"]])
    for (place, token) in unstack(tokens, axis: 1).enumerated() {
      let (logits, cache) = try decoder.apply(state, mutable: ["cache"]) {
        $0(token.expandingAxis(-1))
      }
      state = state.merging(cache)
      let difference = logits.squeezed([1]) - unstack(whole, axis: 1)[place]
      #expect(try max(abs(difference)).item(as: Float.self) < 1e-5)
    }
  }
}
#endif
