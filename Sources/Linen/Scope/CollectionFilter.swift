/// A choice of collections or random streams, as Flax's filters.
///
/// Written as `true`, `false`, `"batch_stats"`, `["batch_stats", "cache"]` or
/// `.deny("intermediates")`, which is everything but.
public enum CollectionFilter: Sendable {
  /// Every collection.
  case all
  /// These collections; none if empty.
  case names(Set<String>)
  /// Every collection but these.
  case allBut(Set<String>)

  /// No collection.
  public static let none = CollectionFilter.names([])

  /// Chooses every collection that `filter` does not, as Flax's `DenyList`.
  public static func deny(_ filter: CollectionFilter) -> CollectionFilter {
    CollectionFilter.all.subtracting(filter)
  }

  /// Creates a choice of collections by name.
  public init(_ names: some Sequence<String>) { self = .names(Set(names)) }

  /// Whether the collection is chosen.
  public func contains(_ collection: String) -> Bool {
    switch self {
    case .all: true
    case .names(let names): names.contains(collection)
    case .allBut(let names): !names.contains(collection)
    }
  }

  /// Whether nothing is chosen.
  public var isEmpty: Bool {
    if case .names(let names) = self { names.isEmpty } else { false }
  }

  /// The names chosen; nil if there is no end to them.
  public var names: Set<String>? {
    if case .names(let names) = self { names } else { nil }
  }

  /// Chooses what either filter does.
  public func union(_ other: CollectionFilter) -> CollectionFilter {
    switch (self, other) {
    case (.all, _), (_, .all): .all
    case (.names(let a), .names(let b)): .names(a.union(b))
    case (.allBut(let a), .allBut(let b)): .allBut(a.intersection(b))
    case (.allBut(let a), .names(let b)), (.names(let b), .allBut(let a)): .allBut(a.subtracting(b))
    }
  }

  /// Chooses what both filters do.
  public func intersection(_ other: CollectionFilter) -> CollectionFilter {
    switch (self, other) {
    case (.all, let filter), (let filter, .all): filter
    case (.names(let a), .names(let b)): .names(a.intersection(b))
    case (.allBut(let a), .allBut(let b)): .allBut(a.union(b))
    case (.allBut(let a), .names(let b)), (.names(let b), .allBut(let a)): .names(b.subtracting(a))
    }
  }

  /// Chooses what this filter does and `other` does not.
  public func subtracting(_ other: CollectionFilter) -> CollectionFilter {
    switch other {
    case .all: .none
    case .names(let names): intersection(.allBut(names))
    case .allBut(let names): intersection(.names(names))
    }
  }
}

extension CollectionFilter: Hashable {
  /// Whether the filters choose the same.
  public static func == (a: CollectionFilter, b: CollectionFilter) -> Bool {
    switch (a, b) {
    case (.all, .all): true
    case (.names(let x), .names(let y)), (.allBut(let x), .allBut(let y)): x == y
    case (.all, .allBut(let x)), (.allBut(let x), .all): x.isEmpty
    default: false
    }
  }

  /// Hashes the names.
  public func hash(into hasher: inout Hasher) {
    switch self {
    case .all: hasher.combine(Set<String>())
    case .names(let names), .allBut(let names): hasher.combine(names)
    }
  }
}

extension CollectionFilter:
  ExpressibleByBooleanLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral
{
  /// Every collection, or none.
  public init(booleanLiteral value: Bool) { self = value ? .all : .none }

  /// One collection.
  public init(stringLiteral value: String) { self = .names([value]) }

  /// These collections.
  public init(arrayLiteral elements: String...) { self = .names(Set(elements)) }
}

extension CollectionFilter: CustomStringConvertible {
  /// The filter as it is written.
  public var description: String {
    switch self {
    case .all: "true"
    case .names(let names): names.isEmpty ? "false" : "\(names.sorted())"
    case .allBut(let names): "deny(\(names.sorted()))"
    }
  }
}

extension Variables {
  /// Sorts collections into groups; each goes to the first filter that chooses it.
  public func grouped(by filters: [CollectionFilter]) -> [Variables] {
    var rest = self
    return filters.map { filter in
      let group = Variables(rest.filter { filter.contains($0.key) }.map { ($0.key, $0.value) })
      rest = Variables(rest.filter { !filter.contains($0.key) }.map { ($0.key, $0.value) })
      return group
    }
  }
}
