/// Tells when a training no longer gets better.
///
///     var stopping = EarlyStopping(minDelta: 1e-3, patience: 2)
///     for epoch in 0..<epochs {
///       ...
///       stopping.update(validationLoss)
///       if stopping.shouldStop { break }
///     }
///
/// Mirrors `flax.training.early_stopping.EarlyStopping`; the metric is one to be made small.
public struct EarlyStopping: Hashable, Sendable {
  /// How much better the metric must become to count as an improvement.
  public let minDelta: Double
  /// The number of updates without improvement that are borne before the one that stops.
  public let patience: Int
  /// The best metric so far; infinity before the first.
  public private(set) var bestMetric = Double.infinity
  /// The number of updates since the last improvement.
  public private(set) var patienceCount = 0
  /// Whether to stop.
  public private(set) var shouldStop = false
  /// Whether the last update was an improvement.
  public private(set) var hasImproved = false

  /// Waits for the first metric.
  public init(minDelta: Double = 0, patience: Int = 0) {
    self.minDelta = minDelta
    self.patience = patience
  }

  /// Takes the metric of another epoch into account.
  public mutating func update(_ metric: Double) {
    hasImproved = bestMetric.isInfinite || bestMetric - metric > minDelta
    if hasImproved {
      bestMetric = metric
      patienceCount = 0
    } else {
      shouldStop = shouldStop || patienceCount >= patience
      patienceCount += 1
    }
  }

  /// Forgets all metrics.
  public mutating func reset() { self = EarlyStopping(minDelta: minDelta, patience: patience) }
}
