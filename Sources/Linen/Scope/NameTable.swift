/// The names that a scope has given away, each to a child or to variables of some collections.
struct NameTable {
  private struct Entry {
    let name: String
    /// The collection of a variable; nil for a child.
    let collection: String?
  }

  private var entries: [Entry] = []
  /// The places by name, from the number of names on at which a search would be slow.
  private var index: [String: [Int]] = [:]
  private static let searchLimit = 16

  func contains(_ name: String) -> Bool { isTaken(name, nil) }

  /// Whether a variable of `collection`, or with nil a child, can't have the name: variables of two
  /// collections can share one, a variable and a child can't.
  func isTaken(_ name: String, _ collection: String?) -> Bool {
    if entries.count < NameTable.searchLimit {
      for place in entries.indices where entries[place].name == name {
        if clash(entries[place], collection) { return true }
      }
      return false
    }
    return index[name]?.contains { clash(entries[$0], collection) } ?? false
  }

  private func clash(_ entry: Entry, _ collection: String?) -> Bool {
    guard let other = entry.collection, let collection else { return true }
    return other == collection
  }

  mutating func insert(_ name: String, _ collection: String?) {
    if entries.isEmpty { entries.reserveCapacity(4) }
    entries.append(Entry(name: name, collection: collection))
    if entries.count > NameTable.searchLimit {
      index[name, default: []].append(entries.count - 1)
    } else if entries.count == NameTable.searchLimit {
      index = Dictionary(grouping: entries.indices) { entries[$0].name }
    }
  }

  /// Frees all names, and keeps the memory for the next ones.
  mutating func removeAll() {
    entries.removeAll(keepingCapacity: true)
    index = [:]
  }
}
