import Linen

extension StateValue: NestedTree {
  /// Makes a dictionary of its entries.
  public static func dictionary(of entries: [(key: String, value: StateValue)]) -> StateValue {
    .dictionary(Entries(entries.map { (.string($0.key), $0.value) }, uniquingKeysWith: { $1 }))
  }

  /// Makes a list of its elements.
  public static func list(of elements: [StateValue]) -> StateValue { .list(elements) }

  /// The entries of a dictionary in order, integer keys as digits; nil if this is none.
  public var dictionaryEntries: [(key: String, value: StateValue)]? {
    entries?.map { (key: $0.key.description, value: $0.value) }
  }

  /// The elements of a list; nil if this is none.
  public var listElements: [StateValue]? { elements }
}
