/// One axis or several, of which negative ones count from the end: `-1`, or `[1, 2]`.
public struct Axes: Sendable, Hashable, IntegerOrTuple {
  private enum Storage: Sendable, Hashable {
    case one(Int)
    case several([Int])
  }

  private let storage: Storage

  /// The axes as they were given.
  public var values: [Int] {
    switch storage {
    case .one(let axis): [axis]
    case .several(let axes): axes
    }
  }

  /// The only axis; nil if they were given as a list.
  var only: Int? { if case .one(let axis) = storage { axis } else { nil } }

  /// One axis.
  public init(_ axis: Int) { storage = .one(axis) }

  /// Several axes.
  public init(_ axes: [Int]) { storage = .several(axes) }
}

extension Axes: PythonPrinted {
  var pythonText: String {
    switch storage {
    case .one(let axis): "\(axis)"
    case .several(let axes): pythonTuple(axes)
    }
  }
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
