import Autodiff
import Testing

/// Derivatives of derivatives; expected numbers are those of JAX in float64.
@Suite("Higher orders")
struct HigherOrderTests {
  private let x = Tensor(0.7, dtype: .float64)

  private func derivatives(
    _ f: @escaping (Tensor) throws -> Tensor, _ expected: [Double], compiled: Bool = false
  ) throws {
    var g = f
    for value in expected {
      g = grad(g)
      let h = g
      try expectEqual(
        compiled ? jit(h)(x) : h(x), Tensor(value, dtype: .float64), tolerance: 1e-12)
    }
  }

  private func forwardDerivatives(
    _ f: @escaping (Tensor) throws -> Tensor, _ expected: [Double]
  ) throws {
    var g = f
    for value in expected {
      let inner = g
      g = { try jvp(inner, $0, Tensor(1, dtype: .float64)).tangent }
      try expectEqual(g(x), Tensor(value, dtype: .float64), tolerance: 1e-12)
    }
  }

  private let smooth = [
    1.542456934864908, 0.3997214171288982, -1.5283497514522366, -2.028001522863359,
    -0.11756433354806343,
  ]
  private let scanned = [
    1.177122692805653, 3.7165129289219982, -3.807019406394074, -131.2564073849465,
  ]
  private let branched = [
    1.179607218336833, 1.0787319935025934, -2.468042592812215, -2.6084163680715706,
  ]

  @Test("five orders of a smooth function, in each mode")
  func fiveOrders() throws {
    try derivatives({ sin($0) * exp($0 / 2) }, smooth)
    try derivatives({ sin($0) * exp($0 / 2) }, smooth, compiled: true)
    try forwardDerivatives({ sin($0) * exp($0 / 2) }, smooth)
  }

  private func loop(_ x: Tensor) throws -> Tensor {
    try scan(x, EmptyTree(), length: 3) { c, _ in (sin(c * x), EmptyTree()) }.carry
  }

  @Test("four orders through scan")
  func throughScan() throws {
    try derivatives(loop, scanned)
    try derivatives(loop, scanned, compiled: true)
    try forwardDerivatives(loop, scanned)
  }

  private func branch(_ x: Tensor) throws -> Tensor {
    try cond(x .> 0, x, then: { sin($0) * $0 }, else: { pow($0, 3) })
  }

  @Test("four orders through cond, whose predicate is traced or not")
  func throughCond() throws {
    try derivatives(branch, branched)
    try derivatives(branch, branched, compiled: true)
    try forwardDerivatives(branch, branched)
  }

  @Test("four orders through checkpoint and a custom rule")
  func throughRules() throws {
    try derivatives(checkpoint { sin($0) * exp($0 / 2) }, Array(smooth.prefix(4)))
    let sine = customJVP({ (x: Tensor) in sin(x) }) { x, t in (sin(x), cos(x) * t) }
    try derivatives({ try sine($0) * exp($0 / 2) }, Array(smooth.prefix(4)))
    try derivatives({ try sine($0) * exp($0 / 2) }, Array(smooth.prefix(4)), compiled: true)
  }

  /// Inner derivatives must not see outer perturbations.
  /// Source: Siskind and Pearlmutter, https://arxiv.org/abs/1211.4892
  @Test("perturbations are kept apart, in every pair of modes")
  func perturbationConfusion() throws {
    let one = Tensor(1, dtype: .float64)
    typealias Derivative = (@escaping (Tensor) throws -> Tensor) -> (Tensor) throws -> Tensor
    let reverse: Derivative = { grad($0) }
    let forward: Derivative = { f in { try jvp(f, $0, ones(like: $0)).tangent } }
    let compiled: Derivative = { f in { x in try jit(grad(f))(x) } }
    let modes = [reverse, forward, compiled]
    for outer in modes {
      for inner in modes {
        // d/dx (x d/dy (x + y)) = 1, and d/dx (x d/dy (x y)) = 2 x.
        try expectEqual(outer { x in x * (try inner { y in x + y }(one)) }(x), one)
        try expectEqual(outer { x in x * (try inner { y in x * y }(one)) }(x), 2 * x)
        // The inner function does not depend on its argument.
        try expectEqual(outer { x in try inner { _ in x * x }(one) + x }(x), one)
        // The curried form: d/dx at 0 of y -> f(y + x) for f = exp; inner at y.
        let shifted = try outer { x in try inner { y in exp(y + x) }(one) }(
          Tensor(0, dtype: .float64))
        try expectEqual(shifted, exp(one))
      }
    }
    // Three levels.
    let third = try grad { x in
      try x * grad { y in try y * grad { z in x * y * z }(one) }(x)
    }(x)
    try expectEqual(third, 6 * x * x)
  }
}
