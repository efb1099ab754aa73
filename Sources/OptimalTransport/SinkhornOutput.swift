import Linen

/// What the Sinkhorn solver found.
///
/// That of a `vmap` has the members of the batch as axis 0 of each tensor; `nIters` and `converged`
/// are then `[batch]`, and what takes a single problem is to be asked inside the `vmap`. Mirrors
/// `ott.solvers.linear.sinkhorn.SinkhornOutput`.
public struct SinkhornOutput: TensorTree, Sendable {
  /// The problem.
  public private(set) var problem: LinearProblem
  /// The potential of the first measure, what its mass costs at each place: `[n]`.
  public private(set) var f: Tensor
  /// The potential of the second measure: `[m]`.
  public private(set) var g: Tensor
  /// The error after each `innerIterations`, -1 for those that were not needed: `[checks]`.
  public private(set) var errors: Tensor
  /// The cost with the entropy, `<P, C> + epsilon KL(P, a b')`, by the potentials.
  public private(set) var regOTCost: Tensor
  /// The error below which the solver was to stop.
  public let threshold: Double
  /// How many iterations there were between two computations of the error.
  public let innerIterations: Int

  init(
    problem: LinearProblem, f: Tensor, g: Tensor, errors: Tensor, regOTCost: Tensor,
    threshold: Double, innerIterations: Int
  ) {
    self.problem = problem
    self.f = f
    self.g = g
    self.errors = errors
    self.regOTCost = regOTCost
    self.threshold = threshold
    self.innerIterations = innerIterations
  }

  /// The number of iterations that were made.
  public var nIters: Tensor { checks * innerIterations }

  /// Whether the last error is below the threshold.
  public var converged: Tensor {
    let last = takeAlongAxis(errors, expandDims(checks - 1, axes: [-1]), axis: -1)
    return last.squeezed([-1]) .< threshold
  }

  /// How often the error was computed.
  private var checks: Tensor { sum((errors .!= -1).cast(to: .int32), axes: [-1]) }

  /// The plan: how much is moved from each place to each other, `[n, m]`.
  public var matrix: Tensor { problem.geometry.transportFromPotentials(f, g) }

  /// The sums of the plan along an axis: near b for 0, a for 1.
  public func marginal(_ axis: Int) -> Tensor { sum(matrix, axes: [axis]) }

  /// The cost of the plan without the entropy: `<P, C>`.
  public var primalCost: Tensor { sum(matrix * problem.geometry.costMatrix) }

  /// The cost by the potentials without the entropy: `<f, a> + <g, b>`.
  public var dualCost: Tensor {
    sum(problem.weighted(f, problem.a)) + sum(problem.weighted(g, problem.b))
  }

  /// The cost less the entropy of the plan: `<P, C> - epsilon H(P)`, by the potentials.
  public var entRegCost: Tensor {
    regOTCost - (sum(entr(problem.a)) + sum(entr(problem.b))) * problem.geometry.epsilon
  }

  /// How the error fell.
  ///
  /// - Throws: an error if values can't be read, as inside `jit`, or are those of several problems.
  public var report: ConvergenceReport {
    get throws {
      guard errors.rank == 1 else {
        throw TensorError(
          "report", .rankInvalid(rank: errors.rank, expected: "the errors of one problem"),
          [.init("errors", errors.type)])
      }
      return ConvergenceReport(
        errors: try errors.scalars(as: Double.self).filter { $0 != -1 },
        innerIterations: innerIterations, threshold: threshold)
    }
  }

  /// Presents the problem, then what was found.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit(.field("problem"), &problem)
    visitor.visit(.field("f"), &f)
    visitor.visit(.field("g"), &g)
    visitor.visit(.field("errors"), &errors)
    visitor.visit(.field("regOTCost"), &regOTCost)
  }
}
