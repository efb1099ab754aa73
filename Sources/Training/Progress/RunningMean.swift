/// The mean of numbers that arrive one after the other.
struct RunningMean {
  private var total = 0.0
  private var weight = 0.0

  /// Counts a number in; the mean over a batch weighs as much as the batch is large.
  mutating func add(_ value: Double, weight: Double = 1) {
    total += value * weight
    self.weight += weight
  }

  /// The mean so far; NaN if there was no number.
  var value: Double { total / weight }
}
