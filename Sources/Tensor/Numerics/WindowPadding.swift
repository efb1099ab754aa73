/// What stands around an axis over which a window moves.
public enum WindowPadding: Hashable, Sendable {
  /// Nothing: the window stays inside.
  case valid
  /// As much as gives ceil(size / stride) places, the odd element after the axis.
  case same
  /// As `same`, the odd element before the axis.
  case sameLower
  /// Elements before and after each axis; negative ones are cut off.
  case explicit([Pair])

  /// Elements before and after an axis.
  public struct Pair: Hashable, Sendable {
    /// Before the axis.
    public let low: Int
    /// After the axis.
    public let high: Int

    /// Creates a pair.
    public init(_ low: Int, _ high: Int) {
      self.low = low
      self.high = high
    }
  }

  /// The pairs for axes of such (dilated) sizes, windows and strides; nil if their number is wrong.
  package func pairs(sizes: [Int], windows: [Int], strides: [Int]) -> [Pair]? {
    switch self {
    case .explicit(let pairs): return pairs.count == sizes.count ? pairs : nil
    case .valid: return sizes.map { _ in Pair(0, 0) }
    case .same, .sameLower:
      return sizes.indices.map { axis in
        let stride = Swift.max(1, strides[axis])
        let places = (sizes[axis] + stride - 1) / stride
        let total = Swift.max(0, (places - 1) * stride + windows[axis] - sizes[axis])
        return self == .same
          ? Pair(total / 2, total - total / 2) : Pair(total - total / 2, total / 2)
      }
    }
  }
}

/// A window over `sizes` with what is left out filled in; nil if the numbers of axes differ.
package func resolvedWindow(
  sizes: [Int], windows: [Int], strides: [Int]?, padding: WindowPadding, inputDilation: [Int]?,
  windowDilation: [Int]?
) -> ConvWindow? {
  let ones = [Int](repeating: 1, count: sizes.count)
  let (steps, base, inner) = (strides ?? ones, inputDilation ?? ones, windowDilation ?? ones)
  guard [windows, steps, base, inner].allSatisfy({ $0.count == sizes.count }) else { return nil }
  let pairs = padding.pairs(
    sizes: sizes.indices.map { dilated(sizes[$0], by: base[$0]) },
    windows: sizes.indices.map { dilated(windows[$0], by: inner[$0]) }, strides: steps)
  return pairs.map { pairs in
    ConvWindow(
      sizes.indices.map { axis in
        .init(
          stride: steps[axis], low: pairs[axis].low, high: pairs[axis].high,
          inputDilation: base[axis], kernelDilation: inner[axis])
      })
  }
}
