/// The names that a scope has given away, each to a child or to variables of some collections.
struct NameTable {
  private struct Entry {
    let name: String
    /// The collection of a variable; nil for a child.
    let collection: String?
  }

  /// The number of names.
  private(set) var count = 0
  /// The first names are kept here, as most scopes have only a kernel and a bias: no memory is
  /// allocated for them.
  private var first: Entry?
  private var second: Entry?
  private var others: [Entry] = []
  /// The others' places by name, from the number of names on at which a search would be slow.
  private var index: [String: [Int]] = [:]
  private static let searchLimit = 16

  func contains(_ name: String) -> Bool { isTaken(name, nil) }

  /// Whether a variable of `collection`, or with nil a child, can't have the name: variables of two
  /// collections can share one, a variable and a child can't.
  func isTaken(_ name: String, _ collection: String?) -> Bool {
    guard let first else { return false }
    if clash(first, name, collection) { return true }
    guard let second else { return false }
    if clash(second, name, collection) { return true }
    if others.count >= NameTable.searchLimit {
      return index[name]?.contains { clash(others[$0], name, collection) } ?? false
    }
    for entry in others where clash(entry, name, collection) { return true }
    return false
  }

  @inline(__always)
  private func clash(_ entry: Entry, _ name: String, _ collection: String?) -> Bool {
    guard entry.name == name else { return false }
    guard let other = entry.collection, let collection else { return true }
    return other == collection
  }

  /// Takes a name, and says whether it could be had.
  @discardableResult
  mutating func insert(_ name: String, _ collection: String?) -> Bool {
    let isFree = !isTaken(name, collection)
    let entry = Entry(name: name, collection: collection)
    count += 1
    if first == nil {
      first = entry
    } else if second == nil {
      second = entry
    } else {
      others.append(entry)
      if others.count > NameTable.searchLimit {
        index[name, default: []].append(others.count - 1)
      } else if others.count == NameTable.searchLimit {
        index = Dictionary(grouping: others.indices) { others[$0].name }
      }
    }
    return isFree
  }

  /// Frees all names.
  mutating func removeAll() {
    if count > 2 {
      others = []
      index = [:]
    }
    (count, first, second) = (0, nil, nil)
  }
}
