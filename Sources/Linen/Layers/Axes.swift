/// One axis or several, of which negative ones count from the end: `-1`, or `[1, 2]`.
public struct Axes: Sendable, Hashable, IntegerOrTuple {
  /// The axes as they were given.
  public let values: [Int]
  private let isSingle: Bool

  /// One axis.
  public init(_ axis: Int) {
    values = [axis]
    isSingle = true
  }

  /// Several axes.
  public init(_ axes: [Int]) {
    values = axes
    isSingle = false
  }
}

extension Axes: PythonPrinted {
  var pythonText: String { isSingle ? "\(values[0])" : pythonTuple(values) }
}

/// What is written as one integer or as a list of them, and that remembers which.
public protocol IntegerOrTuple: ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral {
  /// Takes one integer.
  init(_ value: Int)

  /// Takes a list.
  init(_ values: [Int])
}

extension IntegerOrTuple {
  /// Takes one integer.
  public init(integerLiteral value: Int) { self.init(value) }

  /// Takes a list.
  public init(arrayLiteral elements: Int...) { self.init(elements) }
}
