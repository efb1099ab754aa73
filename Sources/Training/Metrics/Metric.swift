import Tensor

/// A figure that is gathered batch by batch, such as the accuracy on a test set.
///
/// A metric is a value and a tree: made of the outputs for one batch, inside of `jit` too, merged with
/// those of other batches, computed at the end. Mirrors `clu.metrics.Metric`.
///
///     var total = Average(losses)                 // of the first batch
///     total = total.merging(Average(moreLosses))
///     let loss = try total.compute().item(as: Double.self)
public protocol Metric: TensorTree, Sendable {
  /// The figure for all that both have seen.
  func merging(_ other: Self) -> Self
  /// The figure as a scalar.
  func compute() -> Tensor
}

/// Metrics by name, merged and computed together.
///
///     let evaluate = jit { (variables: Variables, images: Tensor, labels: Tensor) in
///       let logits = try model.apply(variables) { $0(images) }
///       return [
///         "accuracy": Accuracy(logits: logits, labels: labels),
///         "loss": Average(softmaxCrossEntropyWithIntegerLabels(logits, labels)),
///       ] as MetricCollection
///     }
///
/// Mirrors `clu.metrics.Collection`.
public struct MetricCollection: TensorTree, Sendable {
  /// The metrics by name.
  public private(set) var metrics: [String: any Metric]

  /// Gathers metrics.
  public init(_ metrics: [String: any Metric] = [:]) { self.metrics = metrics }

  /// Merges each metric with the one of the same name; those that only one has stay.
  ///
  /// Records an error if two of one name are of different types.
  public func merging(_ other: MetricCollection) -> MetricCollection {
    MetricCollection(
      metrics.merging(other.metrics) { own, other in
        guard let result = merged(own, other) else {
          record(
            TensorError(
              "MetricCollection",
              .other("a name stands for \(type(of: own)) and for \(type(of: other))")))
          return own
        }
        return result
      })
  }

  /// The figures by name, as scalars.
  public func compute() -> [String: Tensor] { metrics.mapValues { $0.compute() } }

  /// Reads the figures.
  /// - Throws: an error inside of `jit`, where they are not known.
  public func values() throws -> [String: Double] {
    try compute().mapValues { try $0.item(as: Double.self) }
  }

  /// Presents the metrics in the order of their names.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) {
    for name in metrics.keys.sorted() {
      guard var metric = metrics[name] else { continue }
      visit(&metric, name, &visitor)
      metrics[name] = metric
    }
  }
}

extension MetricCollection: ExpressibleByDictionaryLiteral {
  /// Gathers metrics; of a name that comes twice, the last counts.
  public init(dictionaryLiteral elements: (String, any Metric)...) {
    self.init(Dictionary(elements) { $1 })
  }
}

private func merged<M: Metric>(_ metric: M, _ other: any Metric) -> M? {
  (other as? M).map { metric.merging($0) }
}

private func visit(
  _ metric: inout any Metric, _ name: String, _ visitor: inout TensorVisitor
) {
  func present<M: Metric>(_ value: M) -> M {
    var value = value
    visitor.visit(.key(name), &value)
    return value
  }
  metric = present(metric)
}
