import Linen

/// Shows the progress of training: a line in a terminal, or a JSON object for each epoch elsewhere.
///
/// In a terminal each epoch has a line with a bar, the figures, samples a second and the time left.
/// Where output goes to a file or another program, each epoch is one JSON object on a line:
/// `{"epoch":1,"step":45,"loss":0.41,"accuracy":0.88,"samples_per_second":21000.0,"seconds":0.07}`.
///
///     var progress = ProgressReporter(epochs: 10, stepsPerEpoch: batches.count)
///     for epoch in 0..<10 {
///       for batch in batches {
///         ...
///         progress.step(samples: 64, ["loss": loss, "accuracy": accuracy])
///       }
///       progress.endEpoch()
///     }
public struct ProgressReporter {
  /// How progress is shown.
  public enum Style: Sendable {
    /// A line that is redrawn.
    case line
    /// JSON objects.
    case json
    /// Not at all.
    case none
  }

  private let style: Style
  private let epochs: Int
  private let stepsPerEpoch: Int
  private let now: () -> Double
  private let width: () -> Int
  private let write: (String) -> Void
  private var epoch: Int
  private var steps: Int
  /// The steps of all epochs that are done, and of them those that others did before.
  private var totalSteps: Int
  private let stepsBefore: Int
  private var samples = 0
  private var averages: [(name: String, average: RunningMean)] = []
  private let start: Double
  private var epochStart: Double
  private var lastDrawn = -Double.infinity

  /// Begins to measure the time.
  ///
  /// The style is that which standard output calls for, unless it is named. A training that goes on
  /// starts at the epoch, from 0, and the batch where the one before stopped.
  public init(
    epochs: Int, stepsPerEpoch: Int, startingAt position: (epoch: Int, batch: Int) = (0, 0),
    style: Style? = nil
  ) {
    let clock = ContinuousClock()
    let origin = clock.now
    self.init(
      epochs: epochs, stepsPerEpoch: stepsPerEpoch, startingAt: position,
      style: style ?? (Terminal.isInteractive ? .line : .json),
      now: { inSeconds(origin.duration(to: clock.now)) }, width: { Terminal.width },
      write: Terminal.write)
  }

  package init(
    epochs: Int, stepsPerEpoch: Int, startingAt position: (epoch: Int, batch: Int) = (0, 0),
    style: Style, now: @escaping () -> Double,
    width: @escaping () -> Int, write: @escaping (String) -> Void
  ) {
    self.epochs = epochs
    self.stepsPerEpoch = stepsPerEpoch
    self.style = style
    self.now = now
    self.width = width
    self.write = write
    epoch = position.epoch + 1
    steps = position.batch
    totalSteps = position.epoch * stepsPerEpoch + position.batch
    stepsBefore = totalSteps
    start = now()
    epochStart = start
  }

  /// The seconds since training began.
  public var seconds: Double { now() - start }

  /// Counts a step of `samples` examples with figures, of which the epoch's means are shown.
  public mutating func step(samples: Int, _ values: KeyValuePairs<String, Double>) {
    steps += 1
    totalSteps += 1
    self.samples += samples
    for (name, value) in values {
      let index = averages.firstIndex { $0.name == name } ?? averages.count
      if index == averages.count { averages.append((name, RunningMean())) }
      averages[index].average.add(value, weight: Double(samples))
    }
    // Ten times a second is as often as an eye can follow.
    if style == .line, now() - lastDrawn > 0.1 {
      lastDrawn = now()
      write("\r" + line(isOver: false).text(width: width()) + "\u{1B}[K")
    }
  }

  /// Ends an epoch: its line stays, and the next epoch begins.
  ///
  /// Further figures, such as those of a validation, are shown behind the means.
  /// - Returns: The figures by name, the means among them.
  @discardableResult
  public mutating func endEpoch(
    _ values: KeyValuePairs<String, Double> = [:]
  ) -> [String: Double] {
    for (name, value) in values {
      var average = RunningMean()
      average.add(value)
      averages.append((name, average))
    }
    switch style {
    case .line: write("\r" + line(isOver: true).text(width: width()) + "\u{1B}[K\n")
    case .json: write(json + "\n")
    case .none: break
    }
    let figures = averages.map { ($0.name, $0.average.value) }
    epoch += 1
    (steps, samples, averages) = (0, 0, [])
    epochStart = now()
    return Dictionary(figures) { $1 }
  }

  /// Ends the line of an epoch that is broken off.
  public mutating func interrupt() {
    guard samples > 0 else { return }
    if style == .line { write("\n") }
  }

  private var samplesPerSecond: Double { Double(samples) / max(now() - epochStart, 1e-9) }

  private func line(isOver: Bool) -> ProgressLine {
    let perStep = seconds / Double(max(totalSteps - stepsBefore, 1))
    return ProgressLine(
      epoch: epoch, epochs: epochs, step: isOver ? stepsPerEpoch : steps, steps: stepsPerEpoch,
      values: averages.map { ($0.name, $0.average.value) }, samplesPerSecond: samplesPerSecond,
      secondsLeft: perStep * Double(max(epochs * stepsPerEpoch - totalSteps, 0)),
      secondsTaken: isOver ? now() - epochStart : nil)
  }

  private var json: String {
    var fields = [("epoch", "\(epoch)"), ("step", "\(totalSteps)")]
    fields += averages.map { ($0.name, jsonNumber($0.average.value)) }
    fields.append(("samples_per_second", jsonNumber(samplesPerSecond.rounded())))
    fields.append(("seconds", jsonNumber(((now() - epochStart) * 1e4).rounded() / 1e4)))
    return "{" + fields.map { "\(quoted($0)):\($1)" }.joined(separator: ",") + "}"
  }
}

/// The text as a JSON string.
package func quoted(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"", "\\": result += "\\\(scalar)"
    case _ where scalar.value < 0x20:
      result += "\\u" + right(String(scalar.value, radix: 16), 4, "0")
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}

private func inSeconds(_ duration: Duration) -> Double {
  Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
}
