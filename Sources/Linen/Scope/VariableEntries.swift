/// The names and values of one level of variables, in the order in which they were added.
///
/// A value type of one pointer, so that going down a path costs one retain a level.
package struct VariableEntries: Sendable {
  package typealias Pair = (key: String, value: Variables)

  /// Changed only while uniquely referenced.
  fileprivate final class Storage: @unchecked Sendable {
    @exclusivity(unchecked) private(set) var pairs: ContiguousArray<Pair> = []
    /// The pairs' places by name, from the number of names on at which a search would be slow.
    @exclusivity(unchecked) private var index: [String: Int] = [:]
    private static let searchLimit = 16

    init() {}

    init(copying other: Storage) {
      pairs = other.pairs
      index = other.index
    }

    func place(of name: String) -> Int? {
      if pairs.count > Storage.searchLimit { return index[name] }
      for place in 0..<pairs.count where pairs[place].key == name { return place }
      return nil
    }

    /// The place of a name, looked for first where it most likely is: names are asked for in their
    /// order.
    func place(of name: String, near guess: Int) -> Int? {
      if guess >= 0, guess < pairs.count, pairs[guess].key == name { return guess }
      return place(of: name)
    }

    func set(_ name: String, _ value: Variables) {
      if let place = place(of: name) {
        pairs[place].value = value
        return
      }
      pairs.append((name, value))
      if pairs.count == Storage.searchLimit + 1 {
        makeIndex()
      } else if pairs.count > Storage.searchLimit {
        index[name] = pairs.count - 1
      }
    }

    func remove(_ name: String) -> Variables? {
      guard let place = place(of: name) else { return nil }
      let removed = pairs.remove(at: place).value
      makeIndex()
      return removed
    }

    func change(at place: Int, _ body: (String, inout Variables) -> Void) {
      body(pairs[place].key, &pairs[place].value)
    }

    private func makeIndex() {
      index = [:]
      guard pairs.count > Storage.searchLimit else { return }
      for place in 0..<pairs.count { index[pairs[place].key] = place }
    }
  }

  private var storage: Storage
  private static let none = Storage()

  /// Creates a level without entries.
  package init() { storage = VariableEntries.none }

  /// Creates entries in the order given; of equal names the last one counts.
  package init(_ pairs: some Sequence<(String, Variables)>) {
    storage = Storage()
    for (name, value) in pairs { storage.set(name, value) }
  }

  package var count: Int { storage.pairs.count }

  package var isEmpty: Bool { storage.pairs.isEmpty }

  package var keys: [String] { storage.pairs.map(\.key) }

  package func contains(_ name: String) -> Bool { storage.place(of: name) != nil }

  package subscript(name: String) -> Variables? {
    get { storage.place(of: name).map { storage.pairs[$0].value } }
    set {
      makeUnique()
      if let newValue { storage.set(name, newValue) } else { _ = storage.remove(name) }
    }
  }

  package mutating func removeValue(forKey name: String) -> Variables? {
    makeUnique()
    return storage.remove(name)
  }

  package func mapValues(_ transform: (Variables) -> Variables) -> VariableEntries {
    VariableEntries(map { ($0.key, transform($0.value)) })
  }

  /// Presents the values for change, sorted by name.
  package mutating func updateSorted(_ body: (String, inout Variables) -> Void) {
    makeUnique()
    withSortedIndices { indices in
      for index in indices { storage.change(at: index, body) }
    }
  }

  /// Presents the values, sorted by name.
  package func forEachSorted(_ body: (String, Variables) -> Void) {
    withSortedIndices { indices in
      for index in indices { body(storage.pairs[index].key, storage.pairs[index].value) }
    }
  }

  /// The indices of the entries in the order of their names, for the time of a call.
  ///
  /// Each call of a compiled function asks for them at each level, so small ones, as nearly all are,
  /// are sorted on the stack.
  private func withSortedIndices(_ body: (UnsafeBufferPointer<Int>) -> Void) {
    // The pairs are not held here: the body may change them, and must not find them shared.
    let storage = storage
    withUnsafeTemporaryAllocation(of: Int.self, capacity: count) { indices in
      if count > 16 {
        let sorted = (0..<count).sorted { storage.pairs[$0].key < storage.pairs[$1].key }
        _ = indices.initialize(from: sorted)
      } else {
        for index in 0..<count {
          var place = index
          while place > 0, storage.pairs[index].key < storage.pairs[indices[place - 1]].key {
            indices[place] = indices[place - 1]
            place -= 1
          }
          indices[place] = index
        }
      }
      body(UnsafeBufferPointer(indices))
    }
  }

  private mutating func makeUnique() {
    if !isKnownUniquelyReferenced(&storage) { storage = Storage(copying: storage) }
  }
}

extension VariableEntries {
  /// Entries that somebody else keeps: a scope has those of its root in this way, since a count of
  /// its own takes longer than finding a parameter.
  struct Unretained {
    private unowned(unsafe) let storage: Storage

    init(_ entries: VariableEntries) { storage = entries.storage }

    /// The entries with a count of their own.
    var entries: VariableEntries { VariableEntries(storage) }

    func contains(_ name: String) -> Bool { storage.place(of: name) != nil }

    /// The value of a name that most likely is at a place.
    func value(_ name: String, near place: Int) -> Variables? {
      guard let place = storage.place(of: name, near: place) else { return nil }
      return storage.pairs[place].value
    }

    /// The entries under a name that most likely is at a place; nil if there are none.
    func child(_ name: String, near place: Int) -> Unretained? {
      guard let place = storage.place(of: name, near: place),
        case .dictionary(let entries) = storage.pairs[place].value.node
      else { return nil }
      return Unretained(entries)
    }
  }

  private init(_ storage: Storage) { self.storage = storage }
}

extension VariableEntries: Sequence {
  package func makeIterator() -> ContiguousArray<Pair>.Iterator { storage.pairs.makeIterator() }
}
