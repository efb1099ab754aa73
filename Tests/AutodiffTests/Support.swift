import Autodiff
import Testing

/// Checks that two tensors have one shape and elements that differ by at most `tolerance`.
func expectEqual(
  _ actual: Tensor, _ expected: Tensor, tolerance: Double = 1e-6,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  #expect(actual.shape == expected.shape, sourceLocation: sourceLocation)
  let a = try actual.scalars(as: Double.self)
  let b = try expected.scalars(as: Double.self)
  let worst = zip(a, b).map { abs($0 - $1) / max(1, abs($1)) }.max() ?? 0
  #expect(
    worst <= tolerance, "\(actual) and \(expected) differ by \(worst)",
    sourceLocation: sourceLocation)
}

/// The text of the error that `body` throws.
func errorText(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "no error"
  } catch {
    return "\(error)"
  }
}
