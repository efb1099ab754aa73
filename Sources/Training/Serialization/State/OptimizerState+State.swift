import Linen
import Optimizers

extension OptimizerState: StateSerializable {
  /// Presents the parts as those of optax's named tuples, tuples and dictionaries.
  public mutating func visitState(_ visitor: inout StateVisitor) {
    switch self {
    case .tensor(var tensor):
      tensor.visitState(&visitor)
      self = .tensor(tensor)
    case .tree(var tree):
      tree.visitState(&visitor)
      self = .tree(tree)
    case .node(var entries):
      visitor.begin(entries.node, names: entries.map { $0.key.name })
      for index in entries.indices {
        visitor.present(entries[index].key.name, &entries[index].value)
      }
      self = .node(entries)
    }
  }
}

extension [OptimizerState.Entry] {
  /// What such parts are called by; a part without parts is a named tuple without fields.
  fileprivate var node: StateVisitor.Node {
    switch first?.key {
    case .index: .list
    case .key: .dictionary
    case .field, nil: .namedTuple
    }
  }
}

extension AnyTensorTree: StateSerializable {
  /// Presents the tensors in nested dictionaries; where the paths are masked, there are empty ones.
  public mutating func visitState(_ visitor: inout StateVisitor) {
    var root = PathTree()
    for (index, path) in paths.enumerated() { root.insert(.leaf(index), at: path.keys[...]) }
    for path in emptyPaths { root.insert(.empty, at: path.keys[...]) }
    root.visit(&leaves, &visitor)
  }
}

/// The paths of a tree's tensors, put together again.
private indirect enum PathTree {
  case leaf(Int)
  case empty
  case node([(key: TreeKey, part: PathTree)])

  init() { self = .node([]) }

  mutating func insert(_ tree: PathTree, at path: ArraySlice<TreeKey>) {
    guard let key = path.first else {
      self = tree
      return
    }
    guard case .node(var parts) = self else { return }
    let index =
      parts.firstIndex { $0.key == key }
      ?? {
        // JAX sorts the keys of dictionaries; masked places come after the others otherwise.
        let index = parts.firstIndex { precedes(key, $0.key) } ?? parts.count
        parts.insert((key, PathTree()), at: index)
        return index
      }()
    parts[index].part.insert(tree, at: path.dropFirst())
    self = .node(parts)
  }

  func visit(_ leaves: inout [Tensor], _ visitor: inout StateVisitor) {
    switch self {
    case .leaf(let index): leaves[index].visitState(&visitor)
    case .empty: visitor.begin(.namedTuple)
    case .node(let parts):
      visitor.begin(node(of: parts), names: parts.map { $0.key.name })
      for (key, part) in parts {
        var state = PathTreeState(tree: part, leaves: leaves)
        leaves = []
        visitor.present(key.name, &state)
        leaves = state.leaves
      }
    }
  }

  private func node(of parts: [(key: TreeKey, part: PathTree)]) -> StateVisitor.Node {
    switch parts.first?.key {
    case .index: .list
    case .field: .fields
    case .key, nil: .dictionary
    }
  }
}

/// A part of the paths with all tensors, to be presented under a name.
private struct PathTreeState: StateSerializable {
  let tree: PathTree
  var leaves: [Tensor]

  mutating func visitState(_ visitor: inout StateVisitor) { tree.visit(&leaves, &visitor) }
}

/// Whether a key comes before another of the same node.
private func precedes(_ a: TreeKey, _ b: TreeKey) -> Bool {
  switch (a, b) {
  case (.index(let a), .index(let b)): a < b
  case (.key(let a), .key(let b)): a < b
  default: false
  }
}
