/// A place inside a value, from which a copy of the whole with other parts is built.
///
/// Mirrors `flax.cursor.Cursor`. Names and places lead on from a cursor, properties too; changes at
/// all cursors into the same value are gathered until `build` gives the copy. The value itself never
/// changes.
///
///     let cursor = Cursor(state)
///     cursor.params["Dense_0"]["bias"].value = Variables(Tensor.zeros([4]))
///     let next = cursor.build()
///
///     let tied = try Cursor(params).find { path, _ in path == "decoder/kernel" }.set(kernel)
@dynamicMemberLookup
public struct Cursor<Root, Value> {
  private let store: CursorStore<Root>
  private let read: (Root) -> Value
  private let write: (inout Root, Value) -> Void
  /// The steps from the root to this place; prints like `.params['Dense_0']['kernel']`.
  public let path: TreePath

  private init(
    _ store: CursorStore<Root>, _ path: TreePath, read: @escaping (Root) -> Value,
    write: @escaping (inout Root, Value) -> Void
  ) {
    self.store = store
    self.path = path
    self.read = read
    self.write = write
  }

  /// The place of a part, by the functions that read and change it.
  private func part<Part>(
    _ key: TreeKey, read: @escaping (Value) -> Part,
    write: @escaping (inout Value, Part) -> Void
  ) -> Cursor<Root, Part> {
    let (readValue, writeValue) = (self.read, self.write)
    return Cursor<Root, Part>(
      store, TreePath(path.keys + [key]), read: { read(readValue($0)) },
      write: { root, part in
        var value = readValue(root)
        write(&value, part)
        writeValue(&root, value)
      })
  }

  /// The part at this place, with the changes made so far; setting it notes a change.
  public var value: Value {
    get { read(store.root) }
    nonmutating set {
      write(&store.root, newValue)
      store.note(path, newValue)
    }
  }

  /// Sets the part at this place and builds the copy of the whole.
  public func set(_ value: Value) -> Root {
    self.value = value
    return build()
  }

  /// The copy of the whole with all changes made so far.
  public func build() -> Root { store.root }

  /// The place of a property.
  public subscript<Part>(
    dynamicMember property: WritableKeyPath<Value, Part>
  ) -> Cursor<Root, Part> { at(property) }

  /// The place of a property, or of a part of a tuple.
  public func at<Part>(_ property: WritableKeyPath<Value, Part>) -> Cursor<Root, Part> {
    let name = String(describing: property).split(separator: ".").last.map(String.init)
    return part(
      .field(name ?? ""), read: { $0[keyPath: property] }, write: { $0[keyPath: property] = $1 })
  }

  private func led(to key: TreeKey) -> Cursor where Value: NestedTree {
    part(key, read: { $0.present(key) }, write: { $0.setPresent(key, $1) })
  }
}

extension Cursor where Root == Value {
  /// Creates the cursor at a whole value.
  public init(_ root: Root) {
    self.init(CursorStore(root), TreePath(), read: { $0 }, write: { $0 = $1 })
  }
}

extension Cursor where Value: NestedTree {
  /// The place of a dictionary's entry.
  ///
  /// Reading or setting it records an error if there is no dictionary to have it.
  public subscript(name: String) -> Cursor { led(to: .key(name)) }

  /// The place of a list's element.
  ///
  /// Reading or setting it records an error if there is none.
  public subscript(index: Int) -> Cursor { led(to: .index(index)) }

  /// The places of all parts of a dictionary or list.
  public var children: [Cursor] { value.children.map { led(to: $0.key) } }

  /// Notes what `update` makes of the parts below this place; nil leaves a part as it is.
  ///
  /// `update` is given the path from here, such as `Dense_0/kernel`, and the part. It sees a
  /// dictionary or list before what is in it, which it does not see if it changes the whole.
  @discardableResult
  public func applyUpdate(
    _ update: (_ path: String, _ value: Value) throws -> Value?
  ) rethrows -> Cursor {
    try descend { cursor, path, value in
      guard let new = try update(path, value) else { return true }
      cursor.value = new
      return false
    }
    return self
  }

  /// The one place below this one for which `condition` is true.
  ///
  /// Below a place that is found nothing is looked at.
  /// - Throws: ``CursorFindError``, which lists all places, if there is none or more than one.
  public func find(
    where condition: (_ path: String, _ value: Value) throws -> Bool
  ) throws -> Cursor {
    let found = try findAll(where: condition)
    guard found.count == 1 else { throw CursorFindError(matches: found.map(\.path)) }
    return found[0]
  }

  /// All places below this one for which `condition` is true, in order.
  ///
  /// Below a place that is found nothing is looked at.
  public func findAll(
    where condition: (_ path: String, _ value: Value) throws -> Bool
  ) rethrows -> [Cursor] {
    var found: [Cursor] = []
    try descend { cursor, path, value in
      guard try condition(path, value) else { return true }
      found.append(cursor)
      return false
    }
    return found
  }

  /// Goes through all parts below this place; down into those for which `body` is true.
  private func descend(_ body: (Cursor, String, Value) throws -> Bool) rethrows {
    func go(_ cursor: Cursor, _ path: [String], _ value: Value) throws {
      for (key, part) in value.children {
        let (place, names) = (cursor.led(to: key), path + [key.name])
        if try body(place, names.joined(separator: "/"), part) { try go(place, names, part) }
      }
    }
    try go(self, [], value)
  }
}

extension NestedTree {
  /// The part under a key, which must be there.
  fileprivate func present(_ key: TreeKey) -> Self {
    if let part = self[child: key] { return part }
    recordMissing(key)
    return .dictionary(of: [])
  }

  /// Sets the part under a key, which must have a place here.
  fileprivate mutating func setPresent(_ key: TreeKey, _ part: Self) {
    guard self[child: key] != nil || (dictionaryEntries != nil && !key.isIndex) else {
      return recordMissing(key)
    }
    self[child: key] = part
  }

  private func recordMissing(_ key: TreeKey) {
    let keys = children.map { "\($0.key)" }.joined(separator: ", ")
    record(
      LinenError(
        .other("There is no part \(key)"),
        details: ["present: " + (keys.isEmpty ? "nothing" : keys)]))
  }
}

extension TreeKey {
  fileprivate var isIndex: Bool { if case .index = self { true } else { false } }
}

extension Cursor: CustomStringConvertible {
  /// The value that the cursor came from, and the changes noted so far, each on a line.
  public var description: String {
    let changes = store.changes.map { "\n  \($0.path) = \($0.text)" }
    return "Cursor(\(store.original))" + changes.joined()
  }
}

/// A value with the changes made to a copy of it, which all cursors into it share.
private final class CursorStore<Root> {
  let original: Root
  var root: Root
  private(set) var changes: [(path: TreePath, text: String)] = []

  init(_ root: Root) {
    original = root
    self.root = root
  }

  func note(_ path: TreePath, _ value: some Any) {
    // A change of the whole replaces those of its parts.
    changes.removeAll { $0.path.keys.starts(with: path.keys) }
    changes.append((path, "\(value)"))
  }
}

/// The search for one place that found none, or several.
public struct CursorFindError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The places that were found.
  public let matches: [TreePath]

  /// Creates the error of a search.
  public init(matches: [TreePath]) { self.matches = matches }

  /// What Flax says, then all places.
  public var description: String {
    guard matches.count > 1 else {
      return "No object found given the conditions of the cond_fn."
    }
    return "More than one object found given the conditions of the cond_fn. The first two objects "
      + "found have the following paths: \(matches[0]) and \(matches[1])\nmatches: "
      + matches.map(\.description).joined(separator: ", ")
  }
}
