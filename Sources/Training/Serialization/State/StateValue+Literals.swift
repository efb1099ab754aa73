import Linen

extension StateValue: ExpressibleByDictionaryLiteral {
  /// Creates a dictionary, in the order written; of equal keys the last one counts.
  public init(dictionaryLiteral elements: (StateKey, StateValue)...) {
    self = .dictionary(Entries(elements, uniquingKeysWith: { $1 }))
  }
}

extension StateValue: ExpressibleByArrayLiteral {
  /// Creates a list.
  public init(arrayLiteral elements: StateValue...) { self = .list(elements) }
}

extension StateValue: ExpressibleByIntegerLiteral {
  /// Creates an integer.
  public init(integerLiteral value: Int) { self = .int(value) }
}

extension StateValue: ExpressibleByFloatLiteral {
  /// Creates a floating-point number.
  public init(floatLiteral value: Double) { self = .double(value) }
}

extension StateValue: ExpressibleByBooleanLiteral {
  /// Creates a truth value.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension StateValue: ExpressibleByStringLiteral {
  /// Creates a text.
  public init(stringLiteral value: String) { self = .string(value) }
}

extension StateValue: ExpressibleByNilLiteral {
  /// Creates nothing.
  public init(nilLiteral: ()) { self = .null }
}
