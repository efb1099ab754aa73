/// Applies `transform` to each value of nested dictionaries and the names that lead to it.
///
/// Mirrors `flax.traverse_util.path_aware_map`. Empty dictionaries stay. For the tensors of any tree
/// there is `treeMapWithPath`.
///
///     pathAwareMap(params) { path, value in path.contains("bias") ? zeros : value }
public func pathAwareMap<Node: NestedTree>(
  _ tree: Node, _ transform: (_ path: [String], _ value: Node) throws -> Node
) rethrows -> Node {
  func mapped(_ node: Node, _ path: [String]) throws -> Node {
    guard let entries = node.dictionaryEntries else { return try transform(path, node) }
    return .dictionary(of: try entries.map { ($0.key, try mapped($0.value, path + [$0.key])) })
  }
  return try mapped(tree, [])
}
