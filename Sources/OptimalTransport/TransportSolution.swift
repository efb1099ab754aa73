import Foundation
import Linen

/// What a solver found.
public struct TransportSolution: Sendable {
  /// The problem.
  public let problem: TransportProblem
  /// The potentials after the last iteration.
  public let potentials: Potentials
  /// How the error fell.
  public let report: ConvergenceReport

  /// How much is moved from each place to each other: `[n, m]`.
  public var plan: Tensor { problem.geometry.plan(potentials) }

  /// The cost of the plan, without the entropy.
  public var cost: Tensor { sum(plan * problem.geometry.cost) }
}

/// The errors of a run of a solver.
public struct ConvergenceReport: Sendable, CustomStringConvertible {
  /// The error after each iteration.
  public let errors: [Double]
  /// The error at which the solver was to stop.
  public let threshold: Double

  /// Creates a report.
  public init(errors: [Double], threshold: Double) {
    self.errors = errors
    self.threshold = threshold
  }

  /// The first iteration, counted from 1, after which the error was at most `level`; nil if none was.
  public func iterations(to level: Double) -> Int? {
    errors.firstIndex { $0 <= level }.map { $0 + 1 }
  }

  /// The iterations that were needed; all that were made if they were not enough.
  public var iterations: Int { iterations(to: threshold) ?? errors.count }

  /// Whether the error fell to the threshold.
  public var hasConverged: Bool { iterations(to: threshold) != nil }

  /// Whether it converged, in how many iterations, and some of the errors.
  ///
  /// Such as `converged in 17 iterations, error 0.000976; 1: 1.31, 4: 0.203, 16: 0.00112`.
  public var description: String {
    let ends = sequence(first: 1) { $0 * 4 }.prefix { $0 < iterations }
    let way = ends.map { "\($0): \(short(errors[$0 - 1]))" }
    let last = iterations > 0 ? short(errors[iterations - 1]) : "unknown"
    let outcome = hasConverged ? "converged in" : "not converged after"
    return
      (["\(outcome) \(iterations) iterations, error \(last)"]
      + (way.isEmpty ? [] : [way.joined(separator: ", ")])).joined(separator: "; ")
  }

  private func short(_ value: Double) -> String { String(format: "%.3g", value) }
}
