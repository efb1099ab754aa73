import Tensor

/// The mean of all values.
///
/// Mirrors `clu.metrics.Average`.
public struct Average: Metric {
  /// The sum of the values, a float32 scalar.
  public private(set) var total: Tensor
  /// The number of values, a float32 scalar.
  public private(set) var count: Tensor

  /// Averages the values of a batch, those where `mask` holds.
  ///
  /// The mask has the leading axes of the values.
  public init(_ values: Tensor, where mask: Tensor? = nil) {
    let values = values.cast(to: .float32)
    let mask = spread(mask, over: values)
    total = sum(values, where: mask)
    count = mask.map { sum($0.cast(to: .float32)) } ?? Tensor(Float(values.elementCount))
  }

  /// The average of nothing: a start to merge others into.
  public init() {
    total = Tensor(0, dtype: .float32)
    count = Tensor(0, dtype: .float32)
  }

  /// The average of both.
  public func merging(_ other: Average) -> Average {
    var result = self
    result.total = total + other.total
    result.count = count + other.count
    return result
  }

  /// The mean; NaN without values.
  public func compute() -> Tensor { total / count }

  /// Presents both sums.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit(.field("total"), &total)
    visitor.visit(.field("count"), &count)
  }
}

/// A mask in the shape of the values, whose leading axes it has.
func spread(_ mask: Tensor?, over values: Tensor) -> Tensor? {
  guard let mask else { return nil }
  guard mask.rank <= values.rank, mask.shape == values.shape[0..<mask.rank] else {
    record(
      TensorError(
        "Metric", .shapesDiffer, [.init("mask", mask.type), .init("values", values.type)],
        hint: "the mask has the leading axes of the values"))
    return nil
  }
  let widened = mask.cast(to: .bool).reshaped(
    to: Shape(Array(mask.shape) + [Int](repeating: 1, count: values.rank - mask.rank)))
  return widened.broadcast(to: values.shape)
}
