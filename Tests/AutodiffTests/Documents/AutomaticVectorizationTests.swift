import Autodiff
import Testing

/// The programs of "Automatic vectorization", with the values that JAX 0.10 prints.
/// Source: https://docs.jax.dev/en/latest/automatic-vectorization.html
@Suite("Document: automatic vectorization")
struct AutomaticVectorizationTests {
  private let x = arange(5)
  private let w = Tensor([2.0, 3, 4])

  private func convolve(_ x: Tensor, _ w: Tensor) -> Tensor {
    stack((1..<x.shape[0] - 1).map { dot(x[$0 - 1..<$0 + 2], w) })
  }

  private let rows = Tensor([[11.0, 20, 29], [11, 20, 29]])

  @Test("by hand and by vmap")
  func vectorized() throws {
    let (xs, ws) = (stack([x, x]), stack([w, w]))
    try expectEqual(convolve(x, w), Tensor([11.0, 20, 29]))
    try expectEqual(stack((0..<2).map { convolve(xs[$0], ws[$0]) }), rows)
    let byHand = stack((1..<4).map { sum(xs[..., $0 - 1..<$0 + 2] * ws, axes: [1]) }, axis: 1)
    try expectEqual(byHand, rows)
    let mapped: (Tensor, Tensor) throws -> Tensor = vmap(convolve)
    try expectEqual(mapped(xs, ws), rows)
    try expectEqual(jit(mapped)(xs, ws), rows)
  }

  @Test("axes")
  func axes() throws {
    let (xs, ws) = (stack([x, x], axis: 1), stack([w, w], axis: 1))
    try expectEqual(vmap(inAxes: 1, outAxes: 1, convolve)(xs, ws), rows.transposed())
    try expectEqual(vmap(inAxes: [0, nil], convolve)(stack([x, x]), w), rows)
  }

  @Test("pairs by two nested maps")
  func pairwise() throws {
    let points = Tensor([[0.0, 0], [3, 4], [6, 8]])
    func distance(_ x: Tensor, _ y: Tensor) -> Tensor { norm(x - y) }
    let distances = try vmap { (x: Tensor) in
      try vmap { (y: Tensor) in distance(x, y) }(points)
    }(points)
    try expectEqual(distances, Tensor([[0.0, 5, 10], [5, 0, 5], [10, 5, 0]]))
  }
}
