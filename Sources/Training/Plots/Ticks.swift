import Foundation

/// How an axis goes from numbers to places.
public enum AxisScale: Hashable, Sendable {
  /// Equal differences have equal lengths.
  case linear
  /// Equal ratios have equal lengths; numbers that are not positive have no place.
  case logarithmic
}

/// An axis: the range of its numbers, and those that are written beside it.
struct Axis {
  let scale: AxisScale
  let low: Double
  let high: Double
  let ticks: [(value: Double, label: String)]

  /// Makes an axis for numbers; round numbers begin and end it if it is to be `rounded`.
  init(_ values: [Double], scale: AxisScale, count: Int, isRounded: Bool) {
    let usable = values.filter { $0.isFinite && (scale == .linear || $0 > 0) }
    var (low, high) = (usable.min() ?? 0, usable.max() ?? 1)
    if scale == .logarithmic, usable.isEmpty { (low, high) = (0.1, 1) }
    self.scale = scale
    if scale == .logarithmic {
      let decades = logarithmicTicks(low, high)
      self.low = min(low, decades.first ?? low)
      self.high = max(high, decades.last ?? high)
      ticks = decades.map { ($0, shortest($0)) }
      return
    }
    if low == high {
      let margin = low == 0 ? 1 : abs(low) / 10
      (low, high) = (low - margin, high + margin)
    }
    let step = roundStep((high - low) / Double(max(count, 1)))
    if isRounded {
      low = (low / step + 1e-9).rounded(.down) * step
      high = (high / step - 1e-9).rounded(.up) * step
    }
    self.low = low
    self.high = high
    let decimals = max(0, Int((-log10(step) - 1e-9).rounded(.up)))
    let first = Int((low / step - 1e-9).rounded(.up))
    let last = Int((high / step + 1e-9).rounded(.down))
    ticks =
      first > last
      ? []
      : (first...last).map { index in
        let value = Double(index) * step
        return (value, label(value, decimals: decimals))
      }
  }

  /// The place of a number as a fraction of the axis; nil if it has none.
  func fraction(_ value: Double) -> Double? {
    guard value.isFinite else { return nil }
    guard scale == .logarithmic else { return (value - low) / (high - low) }
    return value > 0 ? log(value / low) / log(high / low) : nil
  }
}

/// The next of 1, 2 and 5 times a power of ten.
private func roundStep(_ step: Double) -> Double {
  let power = pow(10, log10(step).rounded(.down))
  let factor = [1.0, 2, 5, 10].first { $0 * power >= step * 0.999 } ?? 10
  return factor * power
}

/// Powers of ten around the range; with 2 and 5 times them if it spans less than two.
private func logarithmicTicks(_ low: Double, _ high: Double) -> [Double] {
  let exponents = Int(log10(low).rounded(.down))...Int(log10(high).rounded(.up))
  let stride = max(1, exponents.count / 7)
  let factors = exponents.count <= 3 ? [1.0, 2, 5] : [1]
  let all = exponents.filter { ($0 - exponents.lowerBound) % stride == 0 }.flatMap { exponent in
    factors.map { $0 * pow(10, Double(exponent)) }
  }
  // From the last at or below the range to the first at or above it.
  let first = all.lastIndex { $0 <= low * 1.0001 } ?? 0
  let last = all.firstIndex { $0 >= high * 0.9999 } ?? all.count - 1
  return first < last ? Array(all[first...last]) : [low * 0.9, high * 1.1]
}

/// A number with a fixed number of decimals; thousands are written short.
private func label(_ value: Double, decimals: Int) -> String {
  if decimals == 0, abs(value) >= 10_000, value.truncatingRemainder(dividingBy: 1000) == 0 {
    return "\(Int(value / 1000))k"
  }
  // Not "-0".
  return fixed(value == 0 ? 0 : value, decimals)
}

private func shortest(_ value: Double) -> String {
  let exponent = Int(log10(value).rounded(.down))
  if (-3...4).contains(exponent) { return fixed(value, max(0, -exponent)) }
  let factor = value / pow(10, Double(exponent))
  return factor.rounded() == 1 ? "1e\(exponent)" : "\(Int(factor.rounded()))e\(exponent)"
}
