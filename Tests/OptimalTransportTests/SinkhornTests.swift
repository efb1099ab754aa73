import Linen
import OptimalTransport
import Testing

private func expectNear(
  _ actual: Tensor, _ expected: [Double], tolerance: Double = 1e-4,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let values = try actual.scalars(as: Double.self)
  #expect(values.count == expected.count, sourceLocation: sourceLocation)
  let worst = zip(values, expected).map { abs($0 - $1) }.max() ?? 0
  #expect(worst <= tolerance, "\(values), expected \(expected)", sourceLocation: sourceLocation)
}

@Suite("Optimal transport")
struct SinkhornTests {
  private let line = Geometry.grid([5], epsilon: 0.02)
  private let a = Tensor([0.1, 0.2, 0.4, 0.2, 0.1])
  private let b = Tensor([0.3, 0.1, 0.1, 0.1, 0.4])

  @Test("costs are squared distances")
  func geometry() throws {
    try expectNear(line.cost[0], [0, 0.0625, 0.25, 0.5625, 1])
    let grid = Geometry.grid([2, 3], epsilon: 0.1)
    #expect(grid.cost.shape == [6, 6])
    try expectNear(grid.cost[0], [0, 0.25, 1, 1, 1.25, 2])
  }

  @Test("the plan has the weights as its sums, and a converged run says so")
  func marginals() throws {
    let problem = TransportProblem(line, a: a, b: b)
    let solution = try Sinkhorn(threshold: 1e-5).solve(problem)
    try expectNear(sum(solution.plan, axes: [1]), [0.1, 0.2, 0.4, 0.2, 0.1])
    try expectNear(sum(solution.plan, axes: [0]), [0.3, 0.1, 0.1, 0.1, 0.4])
    #expect(solution.report.hasConverged)
    #expect(solution.report.errors.last ?? 1 <= 1e-5)
    #expect(solution.report.iterations(to: 1e-2) ?? 0 < solution.report.iterations)
    #expect("\(solution.report)".hasPrefix("converged in \(solution.report.iterations) iterations"))
    let early = try Sinkhorn(threshold: 1e-5, maxIterations: 2).solve(problem)
    #expect(!early.report.hasConverged)
    #expect("\(early.report)".hasPrefix("not converged after 2 iterations"))
  }

  @Test("with little entropy the cost is that of sorted masses")
  func costOfALine() throws {
    let geometry = Geometry.grid([5], epsilon: 5e-4)
    let solution = try Sinkhorn(threshold: 1e-3, maxIterations: 20000)
      .solve(TransportProblem(geometry, a: a, b: b))
    // On a line mass keeps its order: 0.1 stays at 0; 0.2 goes 1/4 back; 0.1 + 0.1 stay at and
    // next to 1/4; and so on.
    let places = [0.0, 0.25, 0.5, 0.75, 1]
    let exact = monotoneCost(
      [0.1, 0.2, 0.4, 0.2, 0.1], [0.3, 0.1, 0.1, 0.1, 0.4], places)
    #expect(abs(try solution.cost.item(as: Double.self) - exact) < 2e-3)
  }

  /// The cost of moving mass in order.
  private func monotoneCost(_ a: [Double], _ b: [Double], _ places: [Double]) -> Double {
    var (a, b) = (a, b)
    var (i, j) = (0, 0)
    var cost = 0.0
    while i < a.count, j < b.count {
      let mass = Swift.min(a[i], b[j])
      cost += mass * (places[i] - places[j]) * (places[i] - places[j])
      a[i] -= mass
      b[j] -= mass
      if a[i] <= 1e-12 { i += 1 }
      if j < b.count, b[j] <= 1e-12 { j += 1 }
    }
    return cost
  }

  @Test("places without weight neither send nor receive")
  func emptyPlaces() throws {
    let solution = try Sinkhorn(threshold: 1e-5).solve(
      TransportProblem(line, a: Tensor([0.5, 0, 0, 0, 0.5]), b: Tensor([0, 0, 1.0, 0, 0])))
    let plan = try solution.plan.scalars(as: Double.self)
    #expect(plan.allSatisfy { $0.isFinite })
    try expectNear(sum(solution.plan, axes: [0]), [0, 0, 1, 0, 0])
    #expect(abs(try solution.cost.item(as: Double.self) - 0.25) < 1e-4)
  }

  @Test("several problems at once are each solved")
  func batches() throws {
    let problems = [TransportProblem(line, a: a, b: b), TransportProblem(line, a: b, b: a)]
    let solver = Sinkhorn(threshold: 1e-4)
    let together = try solver.solve(problems)
    for (one, problem) in zip(together, problems) {
      let alone = try solver.solve(problem)
      #expect(one.report.iterations == alone.report.iterations)
    }
  }

  @Test("the Gaussian start is right between normal distributions, and better than zero")
  func gaussian() throws {
    let geometry = Geometry.grid([24], epsilon: 5e-3)
    func bell(_ center: Double, _ width: Double) -> Tensor {
      let x = (linspace(0, 1, count: 24) - center) / width
      let weights = exp(square(x) * -0.5)
      return weights / sum(weights)
    }
    let problem = TransportProblem(geometry, a: bell(0.3, 0.08), b: bell(0.65, 0.1))
    let solver = Sinkhorn(threshold: 1e-3)
    let zero = try solver.solve(problem).report.iterations
    let gauss = try solver.solve(problem, from: GaussianInitializer()).report.iterations
    #expect(gauss * 2 < zero, "\(gauss) and \(zero) iterations")
    let costs = TransportProblem(Geometry(cost: line.cost, epsilon: 0.1), a: a, b: b)
    #expect(throws: (any Error).self) { try GaussianInitializer().potential(costs) }
  }

  @Test("weights that don't fit are refused")
  func mistakes() {
    func text(_ a: Tensor, _ b: Tensor) -> String {
      do {
        _ = try Sinkhorn().solve(TransportProblem(line, a: a, b: b))
        return "no error"
      } catch {
        return "\(error)"
      }
    }
    #expect(text(Tensor([0.5, 0.5]), b).contains("cost f32[5,5]"))
    #expect(text(a * 2, b).contains("add up to the same"))
    #expect(text(a - 0.15, b).contains("weights of at least 0"))
    #expect(throws: (any Error).self) {
      try MetaInitializer(line, model: MetaMLP(potentialSize: 4), key: Key(0))
    }
  }
}
