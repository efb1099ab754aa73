import Linen

extension StateVisitor {
  /// Presents the parts of a tree of tensors, or the tensor that it is.
  package mutating func visitTree<T: TensorTree>(_ tree: inout T) {
    let parts = TreeParts(of: tree)
    if !parts.isLeaf { begin(parts.node, names: parts.names) }
    let presenter = PartPresenter(self)
    presentTreeParts(&tree, to: presenter)
    self = presenter.visitor
  }

  /// Presents a tree under a name, by its own conformance if it has one.
  mutating func presentTree<T: TensorTree>(_ name: String, _ part: inout T) {
    func visit<S: StateSerializable>(_ type: S.Type) {
      guard var serializable = part as? S else { return }
      present(name, &serializable)
      part = serializable as? T ?? part
    }
    if let type = T.self as? any StateSerializable.Type {
      visit(type)
    } else {
      var tree = TreeState(tree: part)
      present(name, &tree)
      part = tree.tree
    }
  }
}

/// A tree that has no conformance of its own.
struct TreeState<Tree: TensorTree>: StateSerializable {
  var tree: Tree

  mutating func visitState(_ visitor: inout StateVisitor) { visitor.visitTree(&tree) }
}

/// Hands a tree's parts to a visitor of states.
private final class PartPresenter: TreePartVisitor {
  var visitor: StateVisitor

  init(_ visitor: StateVisitor) { self.visitor = visitor }

  func visit<T: TensorTree>(_ key: TreeKey, _ part: inout T) {
    visitor.presentTree(key.name, &part)
  }

  func visitLeaf(_ tensor: inout Tensor) { tensor.visitState(&visitor) }
}

/// The keys of a tree's parts, one level deep.
private final class TreeParts: TreePartVisitor {
  private(set) var keys: [TreeKey] = []
  private(set) var isLeaf = false

  init(of tree: some TensorTree) {
    var tree = tree
    presentTreeParts(&tree, to: self)
  }

  func visit<T: TensorTree>(_ key: TreeKey, _ part: inout T) { keys.append(key) }

  func visitLeaf(_ tensor: inout Tensor) { isLeaf = true }

  var names: [String] { keys.map(\.name) }

  var node: StateVisitor.Node {
    switch keys.first {
    case .index: .list
    case .key: .dictionary
    case .field, nil: .fields
    }
  }
}
