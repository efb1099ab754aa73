import Tensor

/// The value that came last, such as the learning rate.
///
/// Mirrors `clu.metrics.LastValue`.
public struct LastValue: Metric {
  private var value: Tensor

  /// Takes a scalar.
  public init(_ value: Tensor) { self.value = value }

  /// The other value, which came later.
  public func merging(_ other: LastValue) -> LastValue { other }

  /// The value.
  public func compute() -> Tensor { value }

  /// Presents the value.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit(.field("value"), &value)
  }
}
