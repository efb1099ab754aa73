import Autodiff
import Testing

/// Expected numbers are those of `jax.lax.associative_scan`.
@Suite("associativeScan")
struct AssociativeScanTests {
  private let a = linspace(0.5, 1.1, count: 7, dtype: .float64)
  private let b = linspace(-1, 1, count: 7, dtype: .float64)

  /// The composition of the functions a x + b.
  private func compose(_ f: [Tensor], _ g: [Tensor]) -> [Tensor] {
    [f[0] * g[0], f[1] * g[0] + g[1]]
  }

  @Test("products and sums, from either end")
  func simple() throws {
    let x = arange(1, 8, dtype: .float64)
    try expectEqual(
      associativeScan(x) { $0 * $1 },
      Tensor([1, 2, 6, 24, 120, 720, 5040], dtype: .float64))
    try expectEqual(
      associativeScan(x, reverse: true) { $0 + $1 },
      Tensor([28, 27, 25, 22, 18, 13, 7], dtype: .float64))
  }

  @Test("trees and functions that do not commute")
  func trees() throws {
    let forward = try associativeScan([a, b], compose)
    try expectEqual(
      forward[0], Tensor([0.5, 0.3, 0.21, 0.168, 0.1512, 0.1512, 0.16632], dtype: .float64))
    try expectEqual(
      forward[1],
      Tensor(
        [
          -1.0, -1.2666666666666668, -1.2200000000000002, -0.9760000000000003,
          -0.5450666666666671, 0.12159999999999938, 1.1337599999999992,
        ], dtype: .float64))
    let backward = try associativeScan([a, b], reverse: true, compose)
    try expectEqual(
      backward[1],
      Tensor(
        [
          -1.1253333333333333, -0.2506666666666666, 0.6933333333333334, 1.4666666666666668,
          1.8333333333333333, 1.6666666666666665, 1.0,
        ], dtype: .float64))
  }

  @Test("another axis")
  func axis() throws {
    let m = arange(12, dtype: .float64).reshaped(to: [3, 4]) / 10
    let expected = Tensor(
      [[0.0, 0.1, 0.3, 0.6], [0.4, 0.9, 1.5, 2.2], [0.8, 1.7, 2.7, 3.8]], dtype: .float64)
    try expectEqual(associativeScan(m, axis: 1) { $0 + $1 }, expected)
    try expectEqual(associativeScan(m, axis: -1) { $0 + $1 }, expected)
    try expectEqual(
      vmap { (row: Tensor) in try associativeScan(row) { $0 + $1 } }(m), expected)
  }

  @Test("every length, with few calls")
  func lengths() throws {
    for length in 0...17 {
      var calls = 0
      let x = arange(length, dtype: .float64)
      let sums = try associativeScan(x) { (a: Tensor, b: Tensor) -> Tensor in
        calls += 1
        return a + b
      }
      try expectEqual(sums, cumsum(x))
      #expect(calls <= 9)
    }
  }

  @Test("gradients")
  func gradients() throws {
    let gradient = try grad([a, b]) { sum(square(try associativeScan($0, compose)[1])) }
    try expectEqual(
      gradient[0],
      Tensor(
        [
          0.0, 4.504194645333337, 3.566320469333338, 0.5726621440000051, -1.607802538666663,
          -1.492104738133333, 0.2757304319999984,
        ], dtype: .float64))
    try expectEqual(
      gradient[1],
      Tensor(
        [
          -4.702516787200002, -4.504194645333337, -2.8155161600000036, -0.4693952000000041,
          1.6473386666666625, 2.737471999999997, 2.2675199999999984,
        ], dtype: .float64))
  }

  @Test("a combination of another type is an error")
  func wrongTypes() {
    #expect(
      errorText { _ = try associativeScan(self.a) { a, _ in sum(a) } }
        == "associativeScan: the combination has another type than its operands, operand f64[3], "
        + "combination f64[]\n"
        + "hint: combine must work along all other axes and keep dtypes; convert with cast(to:)")
  }
}
