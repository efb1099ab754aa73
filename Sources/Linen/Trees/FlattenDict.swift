import OrderedCollections

/// Makes one dictionary of nested ones: each value by the names that lead to it.
///
/// Mirrors `flax.traverse_util.flatten_dict`. Empty dictionaries do not appear unless
/// `keepEmptyNodes`. What `isLeaf` is true of is not taken apart; it is asked of dictionaries, with
/// the names that lead to them.
///
///     flattenDict(params)   // [["Dense_0", "kernel"]: ..., ["Dense_0", "bias"]: ...]
public func flattenDict<Node: NestedTree>(
  _ tree: Node, keepEmptyNodes: Bool = false,
  isLeaf: (_ path: [String], _ node: Node) -> Bool = { _, _ in false }
) -> FlatTree<Node> {
  var result = FlatTree<Node>()
  func add(_ node: Node, _ path: [String]) {
    guard let entries = node.dictionaryEntries, !isLeaf(path, node) else {
      result[path] = node
      return
    }
    if keepEmptyNodes, entries.isEmpty, !path.isEmpty { result[path] = node }
    for (name, value) in entries { add(value, path + [name]) }
  }
  add(tree, [])
  return result
}

/// Makes one dictionary of nested ones: each value by the names that lead to it, joined by a text.
///
///     flattenDict(params, separator: "/")   // ["Dense_0/kernel": ..., "Dense_0/bias": ...]
public func flattenDict<Node: NestedTree>(
  _ tree: Node, separator: String, keepEmptyNodes: Bool = false,
  isLeaf: (_ path: [String], _ node: Node) -> Bool = { _, _ in false }
) -> OrderedDictionary<String, Node> {
  let flat = flattenDict(tree, keepEmptyNodes: keepEmptyNodes, isLeaf: isLeaf)
  return OrderedDictionary(
    flat.map { ($0.key.joined(separator: separator), $0.value) }, uniquingKeysWith: { $1 })
}

/// Makes nested dictionaries of values and the names that lead to them.
///
/// Mirrors `flax.traverse_util.unflatten_dict`. A value that stands where another needs a dictionary
/// gives way to it.
public func unflattenDict<Node: NestedTree>(_ flat: FlatTree<Node>) -> Node {
  var root = Branch<Node>()
  for (path, value) in flat { root.insert(value, at: path[...]) }
  return root.node
}

/// Makes nested dictionaries of values and the names that lead to them, joined by a text.
public func unflattenDict<Node: NestedTree>(
  _ flat: OrderedDictionary<String, Node>, separator: String
) -> Node {
  unflattenDict(
    FlatTree(
      flat.map { ($0.key.split(separator: separator), $0.value) }, uniquingKeysWith: { $1 }))
}

extension String {
  /// The parts between the separators, empty ones too.
  fileprivate func split(separator: String) -> [String] {
    guard !separator.isEmpty else { return [self] }
    return split(separator: separator, omittingEmptySubsequences: false).map(String.init)
  }
}

/// A dictionary that is being put together.
private struct Branch<Node: NestedTree> {
  private enum Part {
    case value(Node)
    indirect case branch(Branch)
  }

  private var parts: OrderedDictionary<String, Part> = [:]

  mutating func insert(_ value: Node, at path: ArraySlice<String>) {
    guard let name = path.first else { return }
    guard path.count > 1 else {
      parts[name] = .value(value)
      return
    }
    var branch = Branch()
    if case .branch(let present) = parts[name] { branch = present }
    // Taken out first, so that it is not shared while it changes.
    parts[name] = .branch(Branch())
    branch.insert(value, at: path.dropFirst())
    parts[name] = .branch(branch)
  }

  var node: Node {
    .dictionary(
      of: parts.map { name, part in
        switch part {
        case .value(let node): (name, node)
        case .branch(let branch): (name, branch.node)
        }
      })
  }
}
