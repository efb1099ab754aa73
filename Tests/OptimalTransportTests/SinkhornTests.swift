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
    try expectNear(line.costMatrix[0], [0, 0.0625, 0.25, 0.5625, 1])
    let grid = Geometry.grid([2, 3], epsilon: 0.1)
    #expect(grid.costMatrix.shape == [6, 6])
    try expectNear(grid.costMatrix[0], [0, 0.25, 1, 1, 1.25, 2])
  }

  @Test("the plan has the weights as its sums, and a converged run says so")
  func marginals() throws {
    let problem = LinearProblem(line, a: a, b: b)
    let output = try Sinkhorn(threshold: 1e-5)(problem)
    try expectNear(output.marginal(1), [0.1, 0.2, 0.4, 0.2, 0.1])
    try expectNear(output.marginal(0), [0.3, 0.1, 0.1, 0.1, 0.4])
    #expect(try output.converged.item(as: Bool.self))
    let report = try output.report
    #expect(report.hasConverged)
    #expect(report.errors.last ?? 1 < 1e-5)
    #expect(report.iterations(to: 1e-2) ?? 0 < report.iterations)
    #expect("\(report)".hasPrefix("converged in \(report.iterations) iterations"))
    let early = try Sinkhorn(threshold: 1e-5, innerIterations: 1, maxIterations: 2)(problem)
    #expect(!(try early.converged.item(as: Bool.self)))
    #expect("\(try early.report)".hasPrefix("not converged after 2 iterations"))
  }

  /// Numbers of OTT's Sinkhorn on the same problem.
  @Test("potentials, costs, errors and iterations are OTT's")
  func fidelity() throws {
    let problem = LinearProblem(line, a: a, b: b)
    let output = try Sinkhorn()(problem)
    try expectNear(
      output.f, [-0.0621567, 0.0136249, 0.1321283, -0.0415707, -0.1178953], tolerance: 1e-6)
    try expectNear(
      output.g, [0.0161039, -0.1168705, -0.1781936, -0.1157681, 0.0718435], tolerance: 1e-6)
    #expect(output.errors.shape == [200])
    try expectNear(
      output.errors[0..<6],
      [0.11738211, 0.00429514, 0.00250207, 0.00145113, 0.00084417, -1], tolerance: 2e-6)
    #expect(try output.nIters.item(as: Int.self) == 50)
    try expectNear(output.regOTCost, [0.07952818], tolerance: 1e-6)
    try expectNear(output.entRegCost, [0.02174233], tolerance: 1e-6)
    try expectNear(output.primalCost, [0.06330109], tolerance: 1e-6)
    try expectNear(output.dualCost, [0.02174232], tolerance: 1e-6)
    let one = try Sinkhorn(innerIterations: 1)(problem)
    #expect(try one.nIters.item(as: Int.self) == 47)
    try expectNear(one.errors[0..<3], [0.89862692, 0.64753836, 0.46234885], tolerance: 2e-6)
    let few = try Sinkhorn(threshold: 1e-5, maxIterations: 20)(problem)
    try expectNear(few.errors, [0.11738211, 0.00429514], tolerance: 2e-6)
    #expect(try few.nIters.item(as: Int.self) == 20)
    #expect(!(try few.converged.item(as: Bool.self)))
  }

  @Test("with little entropy the cost is that of sorted masses")
  func costOfALine() throws {
    let geometry = Geometry.grid([5], epsilon: 5e-4)
    let output = try Sinkhorn(threshold: 1e-3, maxIterations: 20000)(
      LinearProblem(geometry, a: a, b: b))
    // On a line mass keeps its order: 0.1 stays at 0; 0.2 goes 1/4 back; 0.1 + 0.1 stay at and
    // next to 1/4; and so on.
    let places = [0.0, 0.25, 0.5, 0.75, 1]
    let exact = monotoneCost(
      [0.1, 0.2, 0.4, 0.2, 0.1], [0.3, 0.1, 0.1, 0.1, 0.4], places)
    #expect(abs(try output.primalCost.item(as: Double.self) - exact) < 2e-3)
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
    let output = try Sinkhorn(threshold: 1e-5)(
      LinearProblem(line, a: Tensor([0.5, 0, 0, 0, 0.5]), b: Tensor([0, 0, 1.0, 0, 0])))
    let plan = try output.matrix.scalars(as: Double.self)
    #expect(plan.allSatisfy { $0.isFinite })
    try expectNear(output.marginal(0), [0, 0, 1, 0, 0])
    #expect(abs(try output.primalCost.item(as: Double.self) - 0.25) < 1e-4)
  }

  @Test("problems of a batch each take their own iterations, compiled as not compiled")
  func batches() throws {
    let solver = Sinkhorn(threshold: 1e-4, innerIterations: 1)
    let solve = vmap { (a: Tensor, b: Tensor) in
      try solver(LinearProblem(line, a: a, b: b))
    }
    let (first, second) = (stack([a, b, a]), stack([b, a, a]))
    let together = try jit(solve)(first, second)
    let counts = try together.nIters.scalars(as: Int.self)
    #expect(counts[0] != counts[2])
    for index in 0..<3 {
      let alone = try solver(LinearProblem(line, a: first[index], b: second[index]))
      #expect(try alone.nIters.item(as: Int.self) == counts[index])
      try expectNear(together.f[index], alone.f.scalars(as: Double.self), tolerance: 1e-5)
    }
    #expect(try together.converged.scalars(as: Bool.self) == [true, true, true])
    #expect(throws: (any Error).self) { try together.report }
  }

  @Test("the gradient of the cost is that of the problem at the solution")
  func gradient() throws {
    let solver = Sinkhorn(threshold: 1e-6)
    let problem = LinearProblem(line, a: a, b: b)
    let gradient = try grad { (cost: Tensor) in
      try solver(LinearProblem(Geometry(costMatrix: cost, epsilon: 0.02), a: a, b: b)).regOTCost
    }(line.costMatrix)
    try expectNear(gradient, solver(problem).matrix.scalars(as: Double.self), tolerance: 1e-5)
  }

  @Test("the Gaussian start is right between normal distributions, and better than zero")
  func gaussian() throws {
    let geometry = Geometry.grid([24], epsilon: 5e-3)
    func bell(_ center: Double, _ width: Double) -> Tensor {
      let x = (linspace(0, 1, count: 24) - center) / width
      let weights = exp(square(x) * -0.5)
      return weights / sum(weights)
    }
    let problem = LinearProblem(geometry, a: bell(0.3, 0.08), b: bell(0.65, 0.1))
    let solver = Sinkhorn(innerIterations: 1)
    let gaussian = Sinkhorn(innerIterations: 1, initializer: GaussianInitializer())
    let zero = try solver(problem).report.iterations
    let gauss = try gaussian(problem).report.iterations
    #expect(gauss * 2 < zero, "\(gauss) and \(zero) iterations")
    let costs = LinearProblem(Geometry(costMatrix: line.costMatrix, epsilon: 0.1), a: a, b: b)
    #expect(throws: (any Error).self) { try GaussianInitializer().initialPotential(costs) }
  }

  @Test("weights that don't fit are refused")
  func mistakes() {
    func text(_ a: Tensor, _ b: Tensor) -> String {
      do {
        _ = try Sinkhorn()(LinearProblem(line, a: a, b: b))
        return "no error"
      } catch {
        return "\(error)"
      }
    }
    #expect(text(Tensor([0.5, 0.5]), b).contains("costMatrix f32[5,5]"))
    #expect(text(a * 2, b).contains("add up to the same"))
    #expect(text(a - 0.15, b).contains("weights of at least 0"))
    #expect(throws: (any Error).self) {
      try MetaInitializer(line, model: MetaMLP(potentialSize: 4), key: Key(0))
    }
    #expect(throws: (any Error).self) {
      try Sinkhorn(innerIterations: 0)(LinearProblem(line, a: a, b: b))
    }
  }
}
