import Linen

/// Moving one measure to another at the least cost, over a geometry.
///
/// Mirrors `ott.problems.linear.linear_problem.LinearProblem` of balanced measures.
public struct LinearProblem: TensorTree, Sendable {
  /// The places and the cost.
  public private(set) var geometry: Geometry
  /// The weights of the first measure, `[n]`.
  public private(set) var a: Tensor
  /// The weights of the second measure, `[m]`, which add up to the same.
  public private(set) var b: Tensor

  /// Creates a problem; a measure that is not given has equal weights, which add up to 1.
  public init(_ geometry: Geometry, a: Tensor? = nil, b: Tensor? = nil) {
    self.geometry = geometry
    func uniform(_ axis: Int) -> Tensor {
      let count = geometry.costMatrix.shape[axis]
      return Tensor.full([count], 1 / Double(count), dtype: geometry.costMatrix.dtype)
    }
    self.a = a ?? uniform(0)
    self.b = b ?? uniform(1)
  }

  /// Presents the geometry, then the weights.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit(.field("geometry"), &geometry)
    visitor.visit(.field("a"), &a)
    visitor.visit(.field("b"), &b)
  }

  /// Throws an error if the weights don't fit the cost or, where they can be read, each other.
  func check() throws {
    let operands = [
      TensorError.Operand("costMatrix", geometry.costMatrix.type), .init("a", a.type),
      .init("b", b.type),
    ]
    guard a.rank == 1, b.rank == 1,
      geometry.costMatrix.shape == Shape([a.elementCount, b.elementCount])
    else { throw TensorError("Sinkhorn", .shapesDiffer, operands) }
    guard a.isConcrete, b.isConcrete else { return }
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

  /// Computes the objective that solutions maximize, of potentials `[n]` and `[m]`.
  ///
  /// `<f - epsilon log a, a> + <g - epsilon log b, b> + epsilon (sum a sum b - sum P)`, where P is the
  /// plan of the potentials; places without weight count for nothing. At the solution it is
  /// `<P, C> + epsilon KL(P, a b')`. Mirrors `ott.solvers.linear.sinkhorn.compute_kl_reg_cost`.
  func klRegCost(_ f: Tensor, _ g: Tensor) -> Tensor {
    func fit(_ potential: Tensor, _ weights: Tensor) -> Tensor {
      sum(weighted(potential, weights)) + sum(entr(weights)) * geometry.epsilon
    }
    let missing = sum(a) * sum(b) - sum(geometry.transportFromPotentials(f, g))
    return fit(f, a) + fit(g, b) + missing * geometry.epsilon
  }

  /// A potential times weights, 0 where there is no weight and the potential is -inf.
  func weighted(_ potential: Tensor, _ weights: Tensor) -> Tensor {
    which(weights .> 0, potential, Tensor(0, dtype: potential.dtype)) * weights
  }
}
