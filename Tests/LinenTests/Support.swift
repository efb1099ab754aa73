import Linen
import Testing

/// Checks that a tensor has these elements, to a relative `tolerance`.
func expectScalars(
  _ actual: Tensor, _ expected: [Double], tolerance: Double = 2e-6,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let values = try actual.scalars(as: Double.self)
  #expect(values.count == expected.count, sourceLocation: sourceLocation)
  let worst = zip(values, expected).map { abs($0 - $1) / max(1, abs($1)) }.max() ?? 0
  #expect(
    worst <= tolerance, "\(values) and \(expected) differ by \(worst)",
    sourceLocation: sourceLocation)
}

/// Checks that two tensors have one shape and equal elements.
func expectEqual(
  _ actual: Tensor, _ expected: Tensor, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  #expect(actual.shape == expected.shape, sourceLocation: sourceLocation)
  let (a, b) = (try actual.scalars(as: Double.self), try expected.scalars(as: Double.self))
  #expect(a == b, sourceLocation: sourceLocation)
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

/// A compact module with one layer of four features.
final class Simple: Module, @unchecked Sendable {
  func callAsFunction(_ x: Tensor) -> Tensor { compact(x) { x in Dense(4)(x) } }
}

/// A module whose one method is given when it is made; `compact` unless that says otherwise.
final class Model: Module, @unchecked Sendable {
  let isCompact: Bool
  let body: @Sendable (Model, Tensor) -> Tensor

  init(
    isCompact: Bool = true, name: String? = nil,
    _ body: @escaping @Sendable (Model, Tensor) -> Tensor
  ) {
    self.isCompact = isCompact
    self.body = body
    super.init(name: name)
  }

  override class var linenName: String { "M" }

  func callAsFunction(_ x: Tensor) -> Tensor {
    isCompact ? compact(x) { x in body(self, x) } : method(x) { x in body(self, x) }
  }
}

let documentation =
  "https://flax.readthedocs.io/en/latest/api_reference/flax.errors.html#flax.errors."
