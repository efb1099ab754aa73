import Tensor

/// Computes the fraction of examples whose largest logit is that of the label.
///
/// Logits `[..., classes]` and integer labels `[...]` give a float scalar; NaN without examples.
public func accuracy(_ logits: Tensor, _ labels: Tensor) -> Tensor {
  mean((argmax(logits, axis: -1) .== labels).cast(to: .defaultFloat))
}

/// The fraction of examples whose largest logit is that of the label.
///
/// Mirrors `clu.metrics.Accuracy`.
public struct Accuracy: Metric {
  private var average: Average

  /// Counts the right ones of a batch: logits `[..., classes]`, integer labels `[...]`.
  public init(logits: Tensor, labels: Tensor, where mask: Tensor? = nil) {
    average = Average(argmax(logits, axis: -1) .== labels, where: mask)
  }

  /// The accuracy on all examples of both.
  public func merging(_ other: Accuracy) -> Accuracy {
    var result = self
    result.average = average.merging(other.average)
    return result
  }

  /// The fraction; NaN without examples.
  public func compute() -> Tensor { average.compute() }

  /// Presents the average.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) {
    average.visitTensors(&visitor)
  }
}
