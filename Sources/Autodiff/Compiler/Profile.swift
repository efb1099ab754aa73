/// Where the time of one run of a compiled function goes: its steps, in the order in which they ran.
///
///     let step = jit(train)
///     print(try step.profile(state))
///
/// Prints a line for each kind of step, the slowest first, with its share of the time.
public struct Profile: Sendable, CustomStringConvertible {
  /// One step of the program.
  public struct Step: Sendable {
    /// What it does: the operation with its sizes, or the operations of a fused loop.
    public let label: String
    /// The time that it took, in seconds.
    public let seconds: Double
  }

  /// All steps, in the order in which they ran.
  public internal(set) var steps: [Step] = []

  /// The time of all steps, in seconds.
  public var seconds: Double { steps.reduce(0) { $0 + $1.seconds } }

  /// A line for each kind of step, the slowest first.
  public var description: String {
    var totals: [String: (count: Int, seconds: Double)] = [:]
    for step in steps {
      totals[step.label, default: (0, 0)].count += 1
      totals[step.label, default: (0, 0)].seconds += step.seconds
    }
    let lines = totals.sorted { ($0.value.seconds, $1.key) > ($1.value.seconds, $0.key) }.map {
      label, total in
      let share = total.seconds / max(seconds, 1e-12)
      return "\(text(share * 100, 1, 6)) % \(text(total.seconds * 1e3, 3, 10)) ms"
        + " \(padded("\(total.count)", 5)) x \(label)"
    }
    return lines.joined(separator: "\n")
  }

  /// A number with so many digits behind the point, padded on the left.
  private func text(_ value: Double, _ digits: Int, _ width: Int) -> String {
    let scale = (0..<digits).reduce(1.0) { product, _ in product * 10 }
    let whole = Int((value * scale).rounded())
    let (integer, fraction) = whole.quotientAndRemainder(dividingBy: Int(scale))
    let tail = String(String(fraction + Int(scale)).dropFirst())
    return padded("\(integer).\(tail)", width)
  }

  private func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}

/// Times the steps of a run, and those of the programs that they run in turn.
final class StepClock {
  /// The clock of the profile that is being taken.
  @TaskLocal static var current: StepClock?

  private(set) var profile = Profile()
  private let clock = ContinuousClock()
  /// The steps that are being timed, outermost first: their labels, and the time of what ran inside.
  private var open: [(label: String, inner: Double)] = []

  func time(_ step: any ProgramStep, _ body: () -> Void) {
    let label = open.map { "\($0.label) > " }.joined() + step.label
    open.append((String(step.label.prefix { $0 != " " }), 0))
    let start = clock.now
    body()
    let time = start.duration(to: clock.now).components
    let seconds = Double(time.seconds) + Double(time.attoseconds) * 1e-18
    let inner = open.removeLast().inner
    if !open.isEmpty { open[open.count - 1].inner += seconds }
    profile.steps.append(.init(label: label, seconds: seconds - inner))
  }
}

extension StepClock: @unchecked Sendable {}
