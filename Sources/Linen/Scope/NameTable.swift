/// The names that a scope has given away, each to a child or to variables of some collections.
struct NameTable {
  private var names: [String] = []
  /// The collection of the variable at the same place; nil for a child.
  private var collections: [String?] = []
  /// The places by name, from the number of names on at which a search would be slow.
  private var index: [String: [Int]]?
  private static let searchLimit = 16

  var isEmpty: Bool { names.isEmpty }

  func contains(_ name: String) -> Bool { !places(of: name).isEmpty }

  /// Whether a variable of `collection`, or with nil a child, can't have the name: variables of two
  /// collections can share one, a variable and a child can't.
  func isTaken(_ name: String, _ collection: String?) -> Bool {
    for place in places(of: name) {
      guard let other = collections[place], let collection, other != collection else { return true }
    }
    return false
  }

  mutating func insert(_ name: String, _ collection: String?) {
    index?[name, default: []].append(names.count)
    names.append(name)
    collections.append(collection)
    if names.count == NameTable.searchLimit {
      index = Dictionary(grouping: names.indices) { names[$0] }
    }
  }

  private func places(of name: String) -> [Int] {
    if let index { return index[name] ?? [] }
    // Most names are new: an empty array costs nothing.
    var places: [Int] = []
    for place in names.indices where names[place] == name { places.append(place) }
    return places
  }
}
