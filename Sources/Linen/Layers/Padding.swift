/// What a convolution or pool adds around its input.
///
/// Written as `.same`, `.valid`, `.circular`, `1`, `[1, 2]` or `.pairs([(1, 2), (0, 1)])`.
public enum Padding: Sendable {
  /// Zeros such that the result is as large as the input divided by the strides, rounded up.
  case same
  /// As ``same``, with the larger half of an odd number of zeros in front.
  case sameLower
  /// Nothing: the window stays inside the input.
  case valid
  /// The input again from its other end, such that strides of 1 keep its size.
  case circular
  /// The input reflected in its edge elements, such that strides of 1 keep its size.
  case reflect
  /// Zeros in front, such that no result depends on what comes later; for one spatial axis.
  case causal
  /// That many zeros on both sides of every spatial axis.
  case all(Int)
  /// That many zeros on both sides of each spatial axis.
  case each([Int])
  /// Numbers of zeros before and after each spatial axis.
  case pairs([(Int, Int)])
}

extension Padding: ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral {
  /// That many zeros on both sides of every spatial axis.
  public init(integerLiteral value: Int) { self = .all(value) }

  /// That many zeros on both sides of each spatial axis.
  public init(arrayLiteral elements: Int...) { self = .each(elements) }
}

extension Padding {
  /// Whether the padding is given by a name, not by numbers.
  var isNamed: Bool {
    switch self {
    case .same, .sameLower, .valid, .circular, .reflect, .causal: true
    case .all, .each, .pairs: false
    }
  }
}

extension Padding: CustomStringConvertible {
  /// The padding as Flax writes it.
  public var description: String {
    switch self {
    case .same: "SAME"
    case .sameLower: "SAME_LOWER"
    case .valid: "VALID"
    case .circular: "CIRCULAR"
    case .reflect: "REFLECT"
    case .causal: "CAUSAL"
    case .all(let count): "\(count)"
    case .each(let counts): pythonTuple(counts)
    case .pairs(let pairs): pythonTuple(pairs.map { "(\($0), \($1))" })
    }
  }
}

/// The parts as Python prints a tuple: one part has a comma after it.
func pythonTuple(_ parts: [some CustomStringConvertible]) -> String {
  parts.count == 1
    ? "(\(parts[0]),)" : "(" + parts.map { "\($0)" }.joined(separator: ", ") + ")"
}

/// The sizes of a window: `[3, 3]`, or `3` for one of one axis.
public protocol WindowSizes {
  /// The sizes, one for each axis.
  var windowSizes: [Int] { get }
}

extension Int: WindowSizes {
  /// The number as the size of a window of one axis.
  public var windowSizes: [Int] { [self] }
}

extension Array: WindowSizes where Element == Int {
  /// The numbers themselves.
  public var windowSizes: [Int] { self }
}

/// A number for each spatial axis: `2` for all, or `[2, 1]`.
public struct PerAxis: Sendable, Hashable, IntegerOrTuple {
  /// The numbers: one for all axes, or one for each.
  public let values: [Int]
  let isForAll: Bool

  /// One number for all axes.
  public init(_ value: Int) {
    values = [value]
    isForAll = true
  }

  /// A number for each axis.
  public init(_ values: [Int]) {
    self.values = values
    isForAll = false
  }

  /// The numbers for `count` axes.
  ///
  /// Records an error if there are numbers for another count.
  func expanded(to count: Int, _ what: String) -> [Int] {
    if isForAll { return Array(repeating: values[0], count: count) }
    guard values.count == count else {
      record(LinenError(.other("\(what) has \(values.count) entries, expected \(count).")))
      return Array(repeating: 1, count: count)
    }
    return values
  }
}
