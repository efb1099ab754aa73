import Foundation
import Linen
import OptimalTransport
import Training

/// Sinkhorn's iterations from different starts, on the same problems.
struct Race {
  /// The errors after each iteration from one start.
  struct Run {
    let start: String
    /// By problem, then by iteration.
    let reports: [ConvergenceReport]

    /// The mean number of iterations until the error is below `level`.
    ///
    /// A problem whose error never was counts with all that were made.
    func meanIterations(to level: Double) -> Double {
      let counts = reports.map { $0.iterations(to: level) ?? $0.iterations }
      return Double(counts.reduce(0, +)) / Double(counts.count)
    }

    /// The mean error over the problems after each iteration.
    var meanErrors: [Double] {
      guard let length = reports.first?.errors.count else { return [] }
      return (0..<length).map { index in
        reports.reduce(0) { $0 + $1.errors[index] } / Double(reports.count)
      }
    }
  }

  private(set) var runs: [Run] = []
  /// The levels of the error in the table.
  let levels = [1e-2, 1e-3]
  private let geometry: Geometry
  private let pairs: (a: Tensor, b: Tensor)
  private let iterations: Int

  /// Names the problems, and how many iterations to make on each.
  init(_ geometry: Geometry, _ pairs: (a: Tensor, b: Tensor), iterations: Int) {
    self.geometry = geometry
    self.pairs = pairs
    self.iterations = iterations
  }

  /// Solves the problems from a start, all at once.
  mutating func run(_ start: String, _ initializer: some SinkhornInitializer) throws {
    // No error is below 0, so that all make the same number of iterations.
    let solver = Sinkhorn(
      threshold: 0, innerIterations: 1, maxIterations: iterations, initializer: initializer)
    let solve = jit { [geometry] (a: Tensor, b: Tensor) in
      try vmap { (a: Tensor, b: Tensor) in try solver(LinearProblem(geometry, a: a, b: b)) }(a, b)
        .errors
    }
    let reports = try unstack(solve(pairs.a, pairs.b)).map { errors in
      ConvergenceReport(errors: try errors.scalars(as: Double.self), threshold: 0)
    }
    runs.append(Run(start: start, reports: reports))
  }

  /// The mean iterations to each level from each start, and what part they are of the first start's.
  var table: String {
    var lines = ["start     " + levels.map { column("error < \($0)") }.joined()]
    for run in runs {
      let cells = levels.map { level in
        let (mean, first) = (run.meanIterations(to: level), runs[0].meanIterations(to: level))
        return column(String(format: "%.1f (%3.0f%%)", mean, 100 * mean / first))
      }
      lines.append(run.start.padding(toLength: 10, withPad: " ", startingAt: 0) + cells.joined())
    }
    return lines.joined(separator: "\n")
  }

  private func column(_ text: String) -> String {
    String(repeating: " ", count: max(18 - text.count, 1)) + text
  }

  /// The mean error after each iteration, a curve for each start.
  var plot: LinePlot {
    LinePlot(
      title: "Sinkhorn on pairs of digits", xLabel: "iteration", yLabel: "mean error",
      yScale: .logarithmic,
      series: runs.map { run in
        let points = run.meanErrors.prefix(150).enumerated().map { index, error in
          LinePlot.Point(x: Double(index + 1), y: error)
        }
        return LinePlot.Series(run.start, points)
      })
  }
}
