/// The line that shows how far training is, as text for a terminal of some width.
package struct ProgressLine: Sendable {
  /// The epoch that runs, from 1, and their number.
  package var epoch: Int
  package var epochs: Int
  /// The steps done in this epoch, and their number.
  package var step: Int
  package var steps: Int
  /// The figures by name, such as the loss.
  package var values: [(name: String, value: Double)]
  package var samplesPerSecond: Double
  package var secondsLeft: Double
  /// Seconds that the epoch took, once it is over.
  package var secondsTaken: Double?

  package init(
    epoch: Int, epochs: Int, step: Int, steps: Int, values: [(name: String, value: Double)],
    samplesPerSecond: Double, secondsLeft: Double, secondsTaken: Double? = nil
  ) {
    self.epoch = epoch
    self.epochs = epochs
    self.step = step
    self.steps = steps
    self.values = values
    self.samplesPerSecond = samplesPerSecond
    self.secondsLeft = secondsLeft
    self.secondsTaken = secondsTaken
  }

  /// The line, never wider than `width`: the bar gives way first, then the last parts.
  package func text(width: Int) -> String {
    let start = "epoch \(right("\(epoch)", "\(epochs)".count))/\(epochs)"
    var parts = values.map { "\($0.name) \(fixed($0.value, 4))" }
    parts.append("\(grouped(samplesPerSecond)) samples/s")
    parts.append(
      secondsTaken.map { "\(fixed($0, 1)) s" } ?? "\(duration(secondsLeft)) left")
    while true {
      let rest = ([""] + parts).joined(separator: "  ")
      let room = width - start.count - rest.count - 2
      if room >= 4 || parts.isEmpty {
        let line = start + (room >= 4 ? "  " + bar(min(room, 24)) : "") + rest
        return String(line.prefix(max(width, 0)))
      }
      parts.removeLast()
    }
  }

  /// A bar of line-drawing characters, filled to half a character's precision.
  private func bar(_ width: Int) -> String {
    let fraction = steps > 0 ? min(max(Double(step) / Double(steps), 0), 1) : 1
    let halves = Int(fraction * Double(2 * width))
    let full = halves / 2
    let rest = width - full
    let edge = halves % 2 == 1 ? "╸" : ""
    return String(repeating: "━", count: full) + edge
      + String(repeating: "─", count: rest - edge.count)
  }
}

/// A number with some digits behind the point.
package func fixed(_ value: Double, _ digits: Int) -> String {
  guard value.isFinite, value.magnitude < 1e15 else { return "\(value)" }
  var scale = 1.0
  for _ in 0..<digits { scale *= 10 }
  let units = Int((value.magnitude * scale).rounded())
  let sign = value < 0 && units > 0 ? "-" : ""
  guard digits > 0 else { return "\(sign)\(units)" }
  return "\(sign)\(units / Int(scale))." + right("\(units % Int(scale))", digits, "0")
}

/// A whole number with commas between groups of three digits.
package func grouped(_ value: Double) -> String {
  let digits = Array(fixed(value.magnitude, 0))
  guard digits.allSatisfy(\.isNumber) else { return "\(value)" }
  var text = value < 0 ? "-" : ""
  for (index, digit) in digits.enumerated() {
    if index > 0, (digits.count - index) % 3 == 0 { text += "," }
    text.append(digit)
  }
  return text
}

/// Seconds as a person reads them: `8 s`, `2:05`, `1:02:05`.
package func duration(_ seconds: Double) -> String {
  guard seconds.isFinite, seconds < 1e9 else { return "?" }
  let whole = Int(seconds.rounded(.up))
  if whole < 60 { return "\(whole) s" }
  let (minutes, rest) = (whole / 60, right("\(whole % 60)", 2, "0"))
  if minutes < 60 { return "\(minutes):\(rest)" }
  return "\(minutes / 60):" + right("\(minutes % 60)", 2, "0") + ":\(rest)"
}
