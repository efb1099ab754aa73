import Foundation

/// The errors of a run of a solver.
public struct ConvergenceReport: Sendable, CustomStringConvertible {
  /// The errors that were computed, one after each `innerIterations`.
  public let errors: [Double]
  /// How many iterations there were between two computations of the error.
  public let innerIterations: Int
  /// The error below which the solver was to stop.
  public let threshold: Double

  /// Creates a report.
  public init(errors: [Double], innerIterations: Int = 1, threshold: Double) {
    self.errors = errors
    self.innerIterations = innerIterations
    self.threshold = threshold
  }

  /// The iterations after which the error was first found to be below `level`; nil if it never was.
  public func iterations(to level: Double) -> Int? {
    errors.firstIndex { $0 < level }.map { ($0 + 1) * innerIterations }
  }

  /// The iterations that were made.
  public var iterations: Int { errors.count * innerIterations }

  /// Whether the last error is below the threshold.
  public var hasConverged: Bool { (errors.last ?? .infinity) < threshold }

  /// Whether it converged, in how many iterations, and some of the errors.
  ///
  /// Such as `converged in 70 iterations, error 0.000976; 10: 0.203, 40: 0.0112`.
  public var description: String {
    let checks = sequence(first: 1) { $0 * 4 }.prefix { $0 < errors.count }
    let way = checks.map { "\($0 * innerIterations): \(short(errors[$0 - 1]))" }
    let outcome = hasConverged ? "converged in" : "not converged after"
    let end = "\(outcome) \(iterations) iterations, error \(errors.last.map(short) ?? "unknown")"
    return ([end] + (way.isEmpty ? [] : [way.joined(separator: ", ")])).joined(separator: "; ")
  }

  private func short(_ value: Double) -> String { String(format: "%.3g", value) }
}
