/// The mean of values that arrive one after the other.
public struct Average: Hashable, Sendable {
  /// The sum of the values, each times its weight.
  public private(set) var total: Double
  /// The sum of the weights.
  public private(set) var weight: Double

  /// Creates the average of nothing.
  public init() {
    total = 0
    weight = 0
  }

  /// Counts a value in; the mean over a batch weighs as much as the batch is large.
  public mutating func add(_ value: Double, weight: Double = 1) {
    total += value * weight
    self.weight += weight
  }

  /// Counts in all that another average has counted.
  public mutating func merge(_ other: Average) {
    total += other.total
    weight += other.weight
  }

  /// The mean so far; NaN if there was no value.
  public var value: Double { total / weight }
}
