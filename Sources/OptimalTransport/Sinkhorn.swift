import Linen

/// Solves transport problems by fitting the plan to the weights of either side in turns.
///
///     let output = try Sinkhorn()(LinearProblem(geometry, a: a, b: b))
///     print(try output.report)   // converged in 70 iterations, ...
///
/// Minimizes `<P, C> + epsilon KL(P, a b')` over plans P with the marginals a and b, in the log domain.
/// An iteration computes g from f, then f from g; a start is therefore a potential f. It may be
/// compiled by `jit` and mapped by `vmap`, each problem taking its own number of iterations.
///
/// `output.regOTCost` can be differentiated by costs and weights; by Danskin's theorem the
/// potentials are constants for it, and they have no derivative themselves. "Sinkhorn Distances:
/// Lightspeed Computation of Optimal Transport", https://arxiv.org/abs/1306.0895 Mirrors
/// `ott.solvers.linear.sinkhorn.Sinkhorn`.
public struct Sinkhorn: Sendable {
  /// The error below which to stop: by how much the plan's second marginal misses b in all.
  public let threshold: Double
  /// How many iterations there are between two computations of the error.
  public let innerIterations: Int
  /// The number of iterations after which to give up.
  public let maxIterations: Int
  /// What the iterations start from.
  public let initializer: any SinkhornInitializer

  /// Creates a solver, which starts from potentials of 0 unless `initializer` knows better ones.
  public init(
    threshold: Double = 1e-3, innerIterations: Int = 10, maxIterations: Int = 2000,
    initializer: any SinkhornInitializer = DefaultInitializer()
  ) {
    self.threshold = threshold
    self.innerIterations = innerIterations
    self.maxIterations = maxIterations
    self.initializer = initializer
  }

  /// Solves a problem.
  ///
  /// - Throws: an error if the weights don't fit the cost or, where their values are known, are
  ///   negative or don't add up to the same; and what the initializer throws.
  public func callAsFunction(_ problem: LinearProblem) throws -> SinkhornOutput {
    try problem.check()
    try checkPositive("innerIterations", innerIterations)
    try checkPositive("maxIterations", maxIterations)
    return try withErrors {
      let state = try iterate(treeMap(problem, stopGradient))
      return SinkhornOutput(
        problem: problem, f: state.f, g: state.g, errors: state.errors,
        regOTCost: problem.klRegCost(state.f, state.g), threshold: threshold,
        innerIterations: innerIterations)
    }
  }

  /// What goes from one computation of the error to the next.
  private struct State: TensorTree {
    var f: Tensor
    var g: Tensor
    /// The errors by the number of their computation, -1 where there was none.
    var errors: Tensor
    /// How many there are, and the last of them.
    var count: Tensor
    var error: Tensor

    mutating func visitTensors(_ visitor: inout TensorVisitor) {
      visitor.visit(.field("f"), &f)
      visitor.visit(.field("g"), &g)
      visitor.visit(.field("errors"), &errors)
      visitor.visit(.field("count"), &count)
      visitor.visit(.field("error"), &error)
    }
  }

  private func iterate(_ problem: LinearProblem) throws -> State {
    let (geometry, a, b) = (problem.geometry, problem.a, problem.b)
    let start = stopGradient(try initializer.initialPotential(problem))
    let f = which(a .> 0, start, Tensor(-Double.infinity, dtype: start.dtype))
    let g = zeros(like: b)
    let checks = (maxIterations + innerIterations - 1) / innerIterations
    let state = State(
      f: f, g: g, errors: Tensor.full([checks], -1, dtype: f.dtype),
      count: Tensor(0, dtype: .int32), error: Tensor(Double.infinity, dtype: f.dtype)
    )
    return try whileLoop(
      state,
      while: { state in
        // An error that is not finite never falls again.
        logicalAnd(
          state.count .< checks,
          logicalOr(
            state.count .== 0, logicalAnd(state.error .>= threshold, isFinite(state.error))))
      }
    ) { state in
      let (f, g) = try foriLoop(0, innerIterations, TreePair(state.f, state.g)) { _, pair in
        let g = geometry.updatePotential(pair.parts.0, weights: b, axis: 0)
        return TreePair(geometry.updatePotential(g, weights: a, axis: 1), g)
      }.parts
      let error = sum(abs(sum(geometry.transportFromPotentials(f, g), axes: [0]) - b))
      let errors = dynamicUpdateSlice(
        state.errors, expandDims(error, axes: [0]), start: state.count)
      return State(f: f, g: g, errors: errors, count: state.count + 1, error: error)
    }
  }

  private func checkPositive(_ name: String, _ value: Int) throws {
    guard value < 1 else { return }
    throw TensorError(
      "Sinkhorn", .argumentInvalid(name: name, value: "\(value)", expected: "at least 1"))
  }
}
