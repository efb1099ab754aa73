extension Random {
  /// How the covariance of a multivariate normal distribution is taken apart.
  public enum CovarianceFactor: Hashable, Sendable {
    /// By Cholesky's decomposition, for positive definite covariances.
    case cholesky
    /// By eigenvectors, also for singular covariances.
    case eigh
    /// By singular vectors, also for singular covariances.
    case svd
  }

  /// Draws vectors from the normal distribution of `mean` [..., n] and `covariance` [..., n, n].
  ///
  /// `shape` is that of the draws without the last axis: the common one of the leading axes unless
  /// it is given. The draws have the type of the parameters unless `dtype` is given.
  public static func multivariateNormal(
    _ key: Key, _ mean: Tensor, _ covariance: Tensor, _ shape: Shape? = nil, dtype: DType? = nil,
    factor: CovarianceFactor = .cholesky
  ) -> Tensor {
    let exact = DType.promoted(mean.dtype, covariance.dtype)
    let common = exact.isFloatingPoint ? exact : .defaultFloat
    let (mean, covariance) = (mean.cast(to: common), covariance.cast(to: common))
    let operands = [
      TensorError.Operand("mean", mean.type), TensorError.Operand("covariance", covariance.type),
    ]
    guard mean.rank > 0, covariance.rank > 1, covariance.shape[-1] == mean.shape[-1],
      covariance.shape[-2] == mean.shape[-1],
      let batch = shape
        ?? mean.shape[0..<mean.rank - 1].broadcast(
          with: covariance.shape[0..<covariance.rank - 2])
    else {
      record(
        TensorError(
          "Random.multivariateNormal", .shapesDiffer, operands,
          hint: "the covariance is [..., n, n] for a mean of [..., n]"))
      return mean
    }
    let size = mean.shape[-1]
    let draws = normal(key, Shape(batch.dimensions + [size]), dtype: dtype ?? common)
    let matrix = root(of: covariance, factor)
    return mean + matmul(matrix, draws.expandingAxis(-1)).squeezed([-1])
  }

  /// A matrix whose product with its transpose is the covariance.
  private static func root(of covariance: Tensor, _ factor: CovarianceFactor) -> Tensor {
    switch factor {
    case .cholesky: return cholesky(covariance)
    case .eigh:
      let (values, vectors) = eigh(covariance)
      return vectors * sqrt(values).expandingAxis(-2)
    case .svd:
      let parts = svd(covariance, full: true)
      return parts.u * sqrt(parts.s).expandingAxis(-2)
    }
  }
}
