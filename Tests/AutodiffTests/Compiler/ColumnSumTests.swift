import Testing

@testable import Autodiff

/// Sums over rows in compiled loops.
@Suite("Compiled sums over rows")
struct ColumnSumTests {
  @Test(
    "of few long rows and of many short ones",
    arguments: [[2, 9_000], [64, 8_192], [7, 20_001], [5, 8_191], [3_000, 100], [1, 40_000]])
  func sums(shape: [Int]) throws {
    // Whole numbers, whose sums are exact in any order.
    let x = Random.randint(Key(0), Shape(shape), -2, 3).cast(to: .float32)
    let functions: [(Tensor) -> [Tensor]] = [
      { [sum($0, axes: [0])] },
      { [sum(square($0), axes: [0]), $0 + 1] },
      { [sum($0, axes: [0]), max($0 * 2, axes: [0]), sum($0 * $0)] },
      { [sum($0, axes: [0]), sum($0, axes: [1])] },
    ]
    for function in functions {
      for (found, expected) in zip(try jit(function)(x), function(x)) {
        try expectEqual(found, expected, tolerance: 0)
      }
    }
  }
}
