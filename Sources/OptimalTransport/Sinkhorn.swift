import Linen

/// Moving one measure to another at the least cost, over a geometry.
public struct TransportProblem: Sendable {
  /// The places and the cost.
  public let geometry: Geometry
  /// The weights of the first measure, `[n]`, which add up to 1.
  public let a: Tensor
  /// The weights of the second measure, `[m]`.
  public let b: Tensor

  /// Creates a problem.
  public init(_ geometry: Geometry, a: Tensor, b: Tensor) {
    self.geometry = geometry
    self.a = a
    self.b = b
  }
}

/// Solves transport problems by fitting the plan to the weights of either side in turns.
///
///     let solution = try Sinkhorn().solve(TransportProblem(geometry, a: a, b: b))
///     print(solution.report)   // converged in 71 iterations, ...
///
/// Minimizes `<P, C> + epsilon sum P (log P - 1)` over plans P with the marginals a and b, in the
/// log domain. An iteration computes g from f, then f from g; a start is therefore a potential f.
/// https://arxiv.org/abs/1306.0895 Mirrors `ott.solvers.linear.sinkhorn.Sinkhorn`.
public struct Sinkhorn: Sendable {
  /// The error at which to stop: by how much the plan's second marginal misses b in all.
  public let threshold: Double
  /// The number of iterations at which to give up.
  public let maxIterations: Int

  /// Creates a solver.
  public init(threshold: Double = 1e-3, maxIterations: Int = 2000) {
    self.threshold = threshold
    self.maxIterations = maxIterations
  }

  /// Solves a problem, from potentials of 0 unless `initializer` knows better ones.
  ///
  /// - Throws: an error if the weights don't fit the cost, are negative, or don't add up to the same.
  public func solve(
    _ problem: TransportProblem, from initializer: some TransportInitializer = ZeroInitializer()
  ) throws -> TransportSolution {
    try solve([problem], from: initializer)[0]
  }

  /// Solves several problems over the geometry of the first, all at once.
  public func solve(
    _ problems: [TransportProblem],
    from initializer: some TransportInitializer = ZeroInitializer()
  ) throws -> [TransportSolution] {
    guard let geometry = problems.first?.geometry else { return [] }
    for problem in problems { try check(problem, geometry) }
    let (a, b) = (stack(problems.map(\.a)), stack(problems.map(\.b)))
    let start = try problems.map { try masked(initializer.potential($0), $0.a) }
    let step = jit { (f: Tensor, a: Tensor, b: Tensor) in
      try vmap { (f: Tensor, a: Tensor, b: Tensor) in
        iterate(f, a, b, geometry)
      }(f, a, b)
    }
    var state = try step(stack(start), a, b)
    var errors = try problems.indices.map { [try state.error[$0].item(as: Double.self)] }
    while errors[0].count < maxIterations, errors.contains(where: { $0.last ?? 0 > threshold }) {
      state = try step(state.potentials.f, a, b)
      for (index, error) in try state.error.scalars(as: Double.self).enumerated() {
        errors[index].append(error)
      }
    }
    return problems.indices.map { index in
      TransportSolution(
        problem: problems[index],
        potentials: treeMap(state.potentials) { $0[index] },
        report: ConvergenceReport(errors: errors[index], threshold: threshold))
    }
  }

  /// Potentials after an iteration, and the error that is left.
  private struct State: TensorTree {
    var potentials: Potentials
    var error: Tensor

    mutating func visitTensors(_ visitor: inout TensorVisitor) {
      visitor.visit(.field("potentials"), &potentials)
      visitor.visit(.field("error"), &error)
    }
  }

  private func iterate(_ f: Tensor, _ a: Tensor, _ b: Tensor, _ geometry: Geometry) -> State {
    let g = geometry.secondPotential(f, weights: b)
    let next = Potentials(f: geometry.firstPotential(g, weights: a), g: g)
    let missed = sum(abs(sum(geometry.plan(next), axes: [0]) - b))
    return State(potentials: next, error: missed)
  }

  /// A potential with -inf where there is no weight to move.
  private func masked(_ f: Tensor, _ a: Tensor) -> Tensor {
    which(a .> 0, f, Tensor(-Double.infinity, dtype: f.dtype))
  }

  private func check(_ problem: TransportProblem, _ geometry: Geometry) throws {
    let (a, b) = (problem.a, problem.b)
    let operands = [
      TensorError.Operand("cost", geometry.cost.type), .init("a", a.type), .init("b", b.type),
    ]
    guard geometry.cost.shape == Shape([a.elementCount, b.elementCount]), a.rank == 1, b.rank == 1
    else { throw TensorError("Sinkhorn", .shapesDiffer, operands) }
    let weights = (try a.scalars(as: Double.self), try b.scalars(as: Double.self))
    let sums = (weights.0.reduce(0, +), weights.1.reduce(0, +))
    guard (weights.0 + weights.1).allSatisfy({ $0 >= 0 }), sums.0 > 0,
      Swift.abs(sums.0 - sums.1) <= 1e-3 * sums.0
    else {
      throw TensorError(
        "Sinkhorn",
        .argumentInvalid(
          name: "sums of a and b", value: "\(sums.0) and \(sums.1)",
          expected: "weights of at least 0 that add up to the same"), operands)
    }
  }
}
