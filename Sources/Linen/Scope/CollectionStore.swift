/// The entries of a mutable collection at one scope, while a call runs.
///
/// Scopes below hold the stores of their names, so that a write is seen everywhere without copying
/// what is above it; the tree of values is put together when it is read.
final class CollectionStore {
  private var entries: Variables.Entries
  private var children: [String: CollectionStore] = [:]
  /// Weak, since it holds this one; the call's root holds them all.
  private weak let parent: CollectionStore?
  private let name: String
  /// Whether the level above has an entry for this one.
  private(set) var isPresent: Bool
  private(set) var isChanged = false

  /// The store of a whole collection, which is there if variables of it were given.
  init(root entries: Variables.Entries?) {
    self.entries = entries ?? Variables.Entries()
    parent = nil
    name = ""
    isPresent = entries != nil
  }

  private init(_ parent: CollectionStore, _ name: String) {
    let given = parent.entries[name]?.entries
    entries = given ?? Variables.Entries()
    self.parent = parent
    self.name = name
    isPresent = given != nil
  }

  /// The store of the scope `name` below this one.
  func child(_ name: String) -> CollectionStore {
    if let child = children[name] { return child }
    let child = CollectionStore(self, name)
    children[name] = child
    return child
  }

  /// The values here and below.
  var contents: Variables.Entries {
    guard isChanged else { return entries }
    var result = entries
    for (name, child) in children where child.isChanged {
      result[name] = Variables(child.contents)
    }
    return result
  }

  func value(_ name: String) -> Variables? {
    if let child = children[name], child.isChanged { return Variables(child.contents) }
    return entries[name]
  }

  func contains(_ name: String) -> Bool { entries.contains(name) }

  /// Sets a value; a dictionary is merged into one that is there.
  func put(_ name: String, _ value: Variables) {
    if let new = value.entries, children[name] != nil || entries[name]?.entries != nil {
      let child = child(name)
      child.appear()
      for (name, value) in new { child.put(name, value) }
      return
    }
    appear()
    entries[name] = value
    children[name] = nil
    markChanged()
  }

  /// Makes the entries above, in the order in which the scopes write first.
  private func appear() {
    guard !isPresent else { return }
    isPresent = true
    parent?.appear()
    parent?.entries[name] = Variables()
    markChanged()
  }

  private func markChanged() {
    var store: CollectionStore? = self
    while let current = store, !current.isChanged {
      current.isChanged = true
      store = current.parent
    }
  }
}
