import Linen

/// Makes a first potential f for the Sinkhorn solver to start from.
///
/// Mirrors `ott.initializers.linear.initializers.SinkhornInitializer`, of which an iteration uses f
/// alone.
public protocol SinkhornInitializer: Sendable {
  /// Makes the potential at the places of the first measure, `[n]`.
  func initialPotential(_ problem: LinearProblem) throws -> Tensor
}

/// Starts from 0.
///
/// Mirrors `ott.initializers.linear.initializers.DefaultInitializer`.
public struct DefaultInitializer: SinkhornInitializer {
  /// Creates the initializer.
  public init() {}

  /// Makes zeros.
  public func initialPotential(_ problem: LinearProblem) -> Tensor {
    zeros(like: problem.a)
  }
}

/// Starts from the potential that would be right if both measures were normal distributions.
///
/// With means `m`, `n` and covariances S, T the map is `x -> n + A (x - m)` where `A = S^(-1/2)
/// (S^(1/2) T S^(1/2))^(1/2) S^(-1/2)`, and twice the potential of its difference to x that of the
/// squared distance: `f(x) = |x|^2 - (x - m)' A (x - m) - 2 x' n`, moved to mean 0. "Rethinking
/// Initialization of the Sinkhorn Algorithm", https://arxiv.org/abs/2206.07630 Mirrors
/// `ott.initializers.linear.initializers.GaussianInitializer`.
public struct GaussianInitializer: SinkhornInitializer {
  /// Creates the initializer.
  public init() {}

  /// Makes the potential.
  ///
  /// - Throws: an error if the geometry has no places, or a matrix can't be decomposed.
  public func initialPotential(_ problem: LinearProblem) throws -> Tensor {
    guard let x = problem.geometry.x, let y = problem.geometry.y else {
      throw TensorError(
        "GaussianInitializer", .other("the geometry has costs alone"),
        hint: "make it from places, by Geometry(x:y:epsilon:) or Geometry.grid")
    }
    return try withErrors {
      let (first, second) = (moments(x, problem.a), moments(y, problem.b))
      let map = self.map(first.covariance, second.covariance)
      let centered = x - first.mean
      let turned = sum(centered * matmul(centered, map), axes: [1])
      let f = sum(square(x), axes: [1]) - turned - matmul(x, second.mean) * 2.0
      return f - mean(f)
    }
  }

  private func moments(_ x: Tensor, _ weights: Tensor) -> (mean: Tensor, covariance: Tensor) {
    let shares = weights / sum(weights)
    let center = matmul(shares, x)
    let centered = x - center
    return (center, matmul(centered.transposed(), centered * expandDims(shares, axes: [1])))
  }

  /// The symmetric matrix that carries one covariance to the other.
  private func map(_ from: Tensor, _ to: Tensor) -> Tensor {
    let root = power(from, 0.5)
    let inverse = power(from, -0.5)
    let middle = power(matmul(matmul(root, to), root), 0.5)
    return matmul(matmul(inverse, middle), inverse)
  }

  /// A power of a symmetric matrix; eigenvalues of a line of points, which are 0, count as 1e-8.
  private func power(_ matrix: Tensor, _ exponent: Double) -> Tensor {
    let (values, vectors) = eigh(matrix)
    let powers = pow(maximum(values, 1e-8), exponent)
    return matmul(vectors * powers, vectors.transposed())
  }
}
