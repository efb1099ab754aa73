import Testing

@testable import Autodiff

/// Slices and concatenations in compiled programs: what is cut and joined again is not moved for it.
@Suite("Slices and concatenations in programs")
struct SliceTests {
  private let x = Random.normal(Key(0), [6, 8])
  private let y = Random.normal(Key(1), [6, 8])

  private func isClose(_ a: Tensor, _ b: Tensor) throws -> Bool {
    try max(abs(a - b)).item() < 1e-6
  }

  private func agree(
    _ name: String, passes: Int, _ function: @escaping (Tensor, Tensor) throws -> Tensor,
    _ location: SourceLocation = #_sourceLocation
  ) throws {
    let compiled = jit(function)
    let lowered = try compiled.lower(x, y)
    #expect(
      lowered.memoryPasses == passes, "\(name)\n\(lowered.programDescription)",
      sourceLocation: location)
    let (got, expected) = (try compiled(x, y), try function(x, y))
    #expect(
      try isClose(got, expected), "\(name)",
      sourceLocation: location)
  }

  @Test("the sum of a value's slices' gradients is one pass: each writes its part")
  func gradientOfSlices() throws {
    try agree("halves", passes: 1) { x, y in
      try grad { (x: Tensor) in sum(sin(x[0..., 0..<4]) * y[0..., 4..<8] * exp(x[0..., 4..<8])) }(x)
    }
    // A part that is used twice, overlaps another or leaves a gap is summed as before.
    for (first, second) in [(0..<5, 4..<8), (0..<3, 4..<8)] {
      let function = { (x: Tensor, y: Tensor) in
        try grad { (x: Tensor) in
          sum(sin(x[0..., first])) + sum(exp(x[0..., second]) * y[0..., second])
        }(x)
      }
      let (got, expected) = (try jit(function)(x, y), try function(x, y))
      #expect(try isClose(got, expected))
    }
  }

  @Test("what is only read in slices is computed by the loop that reads them")
  func slicesOfASum() throws {
    try agree("gates", passes: 1) { x, y in
      let sum = x + y * 2
      return sigmoid(sum[0..., 0..<4]) * tanh(sum[0..., 4...])
    }
    try agree("overlapping", passes: 2) { x, y in
      let sum = exp(x + y)
      return sum[0..., 0..<6] * sum[0..., 2...]
    }
  }

  @Test("the parts of a concatenation are computed in their places", arguments: [0, 1, -1])
  func partsInPlace(axis: Int) throws {
    try agree("two maps", passes: 1) { x, y in concatenate([sin(x) * y, x * y], axis: axis) }
    try agree("a product, and a map of another", passes: 3) { x, y in
      concatenate([matmul(x, y.transposed()), matmul(y, x.transposed()) * 2], axis: axis)
    }
    // Copied: an argument, a value that is used elsewhere, one that stands twice.
    try agree("copied", passes: 4) { x, y in
      let (a, b) = (sin(x), cos(y))
      return concatenate([x, a, b, b], axis: axis) + sum(a)
    }
    try agree("columns of size one", passes: 3) { x, y in
      concatenate([sum(x, axes: [1], keepingAxes: true), exp(y[0..., 0..<1])], axis: axis)
    }
    // The inner one is copied as a whole.
    try agree("concatenated again", passes: 3) { x, y in
      concatenate([concatenate([sin(x), cos(y)], axis: axis), x + y], axis: axis)
    }
  }
}
