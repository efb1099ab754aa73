import Tensor

/// The standard deviation of all values.
///
/// Mirrors `clu.metrics.Std`: that of the population, `sqrt(E[x^2] - E[x]^2)`.
public struct StandardDeviation: Metric {
  private var mean: Average
  private var meanOfSquares: Average

  /// Takes the values of a batch, those where `mask` holds.
  public init(_ values: Tensor, where mask: Tensor? = nil) {
    mean = Average(values, where: mask)
    meanOfSquares = Average(square(values.cast(to: .float32)), where: mask)
  }

  /// The deviation of all values of both.
  public func merging(_ other: StandardDeviation) -> StandardDeviation {
    var result = self
    result.mean = mean.merging(other.mean)
    result.meanOfSquares = meanOfSquares.merging(other.meanOfSquares)
    return result
  }

  /// The standard deviation; NaN without values.
  public func compute() -> Tensor {
    let variance = meanOfSquares.compute() - square(mean.compute())
    // Rounding can leave a little less than 0.
    return sqrt(which(variance .< 0, 0, variance))
  }

  /// Presents both averages.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit(.field("mean"), &mean)
    visitor.visit(.field("mean_of_squares"), &meanOfSquares)
  }
}
