import OrderedCollections

/// The names and values of one level of variables, in the order in which they were added.
///
/// A value type of one pointer, so that going down a path costs one retain a level; an ordered
/// dictionary alone has three.
package struct VariableEntries: Sendable {
  /// Changed only while uniquely referenced.
  private final class Storage: @unchecked Sendable {
    @exclusivity(unchecked) var dictionary: OrderedDictionary<String, Variables>

    init(_ dictionary: OrderedDictionary<String, Variables>) { self.dictionary = dictionary }
  }

  private var storage: Storage
  private static let none = Storage([:])

  /// Creates a level without entries.
  package init() { storage = VariableEntries.none }

  /// Creates entries in the order given; of equal names the last one counts.
  package init(_ pairs: some Sequence<(String, Variables)>) {
    storage = Storage(OrderedDictionary(pairs, uniquingKeysWith: { $1 }))
  }

  package var count: Int { storage.dictionary.count }

  package var isEmpty: Bool { storage.dictionary.isEmpty }

  package var keys: [String] { Array(storage.dictionary.keys) }

  package func contains(_ name: String) -> Bool { storage.dictionary.index(forKey: name) != nil }

  package subscript(name: String) -> Variables? {
    get { storage.dictionary[name] }
    set {
      makeUnique()
      storage.dictionary[name] = newValue
    }
  }

  /// The value of a name that most likely is at a place, as names are asked for in their order.
  func value(_ name: String, near place: Int) -> Variables? {
    let elements = storage.dictionary.elements
    if elements.indices.contains(place), elements[place].key == name {
      return elements[place].value
    }
    return storage.dictionary[name]
  }

  package mutating func removeValue(forKey name: String) -> Variables? {
    makeUnique()
    return storage.dictionary.removeValue(forKey: name)
  }

  package func mapValues(_ transform: (Variables) -> Variables) -> VariableEntries {
    VariableEntries(map { ($0.key, transform($0.value)) })
  }

  /// Presents the values for change, sorted by name.
  package mutating func updateSorted(_ body: (String, inout Variables) -> Void) {
    makeUnique()
    withSortedIndices { indices in
      for index in indices {
        body(storage.dictionary.keys[index], &storage.dictionary.values[index])
      }
    }
  }

  /// Presents the values, sorted by name.
  package func forEachSorted(_ body: (String, Variables) -> Void) {
    withSortedIndices { indices in
      for index in indices {
        body(storage.dictionary.keys[index], storage.dictionary.values[index])
      }
    }
  }

  /// The indices of the entries in the order of their names, for the time of a call.
  ///
  /// Each call of a compiled function asks for them at each level, so small ones, as nearly all are,
  /// are sorted on the stack.
  private func withSortedIndices(_ body: (UnsafeBufferPointer<Int>) -> Void) {
    let keys = storage.dictionary.keys
    withUnsafeTemporaryAllocation(of: Int.self, capacity: keys.count) { indices in
      if keys.count > 16 {
        _ = indices.initialize(from: keys.indices.sorted { keys[$0] < keys[$1] })
      } else {
        for index in 0..<keys.count {
          var place = index
          while place > 0, keys[index] < keys[indices[place - 1]] {
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
    if !isKnownUniquelyReferenced(&storage) { storage = Storage(storage.dictionary) }
  }
}

extension VariableEntries: Sequence {
  package func makeIterator() -> OrderedDictionary<String, Variables>.Iterator {
    storage.dictionary.makeIterator()
  }
}
