import OrderedCollections

/// A tree whose inner nodes are dictionaries and lists of trees of the same type.
///
/// Variables are one; so are the plain values that files hold. What is neither a dictionary nor a
/// list is a leaf.
public protocol NestedTree {
  /// Makes a dictionary of its entries, in order; of equal keys the last one counts.
  static func dictionary(of entries: [(key: String, value: Self)]) -> Self

  /// Makes a list of its elements.
  static func list(of elements: [Self]) -> Self

  /// The entries of a dictionary in order; nil if this is none.
  var dictionaryEntries: [(key: String, value: Self)]? { get }

  /// The elements of a list; nil if this is none.
  var listElements: [Self]? { get }
}

/// Values by the keys that lead to them, in order.
public typealias FlatTree<Node> = OrderedDictionary<[String], Node>

extension NestedTree {
  /// The parts of a dictionary or list with their keys; none of a leaf.
  public var children: [(key: TreeKey, value: Self)] {
    if let entries = dictionaryEntries { return entries.map { (.key($0.key), $0.value) } }
    return (listElements ?? []).enumerated().map { (.index($0.offset), $0.element) }
  }

  /// Whether this is neither a dictionary nor a list.
  public var isLeaf: Bool { dictionaryEntries == nil && listElements == nil }

  /// The part under a key; nil if there is none.
  ///
  /// Setting one replaces it, and adds an entry to a dictionary that has none of this name. Setting
  /// nil removes it. Nothing changes where there is no place for the key.
  public subscript(child key: TreeKey) -> Self? {
    get { children.first { $0.key == key }?.value }
    set {
      switch key {
      case .key(let name), .field(let name):
        guard var entries = dictionaryEntries else { return }
        let index = entries.firstIndex { $0.key == name }
        switch (index, newValue) {
        case (let index?, let value?): entries[index].value = value
        case (let index?, nil): entries.remove(at: index)
        case (nil, let value?): entries.append((name, value))
        case (nil, nil): return
        }
        self = .dictionary(of: entries)
      case .index(let index):
        guard var elements = listElements, elements.indices.contains(index) else { return }
        if let newValue { elements[index] = newValue } else { elements.remove(at: index) }
        self = .list(of: elements)
      }
    }
  }

  /// The part at the end of a path; nil if there is none.
  public subscript(at path: TreePath) -> Self? {
    get { path.keys.reduce(self as Self?) { part, key in part?[child: key] } }
    set { set(newValue, at: path.keys[...]) }
  }

  private mutating func set(_ value: Self?, at keys: ArraySlice<TreeKey>) {
    guard let key = keys.first else {
      if let value { self = value }
      return
    }
    guard keys.count > 1 else { return self[child: key] = value }
    guard var part = self[child: key] else { return }
    part.set(value, at: keys.dropFirst())
    self[child: key] = part
  }
}

extension Variables: NestedTree {
  /// Makes a dictionary of its entries.
  public static func dictionary(of entries: [(key: String, value: Variables)]) -> Variables {
    Variables(entries.map { ($0.key, $0.value) })
  }

  /// Makes a tuple of its parts.
  public static func list(of elements: [Variables]) -> Variables { Variables(tuple: elements) }

  /// The entries of a dictionary in order; nil if this is none.
  public var dictionaryEntries: [(key: String, value: Variables)]? {
    entries.map { entries in entries.map { (key: $0.key, value: $0.value) } }
  }

  /// The parts of a tuple; nil if this is none.
  public var listElements: [Variables]? { elements }
}
