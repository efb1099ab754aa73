/// Some tensors of a tree, each under its path there, so that messages can name it.
struct LeafList: TensorTree {
  var leaves: [(path: TreePath, tensor: Tensor)]

  init(_ leaves: [(path: TreePath, tensor: Tensor)] = []) { self.leaves = leaves }

  /// The tensors of a tree, their paths below `label`.
  init(_ tree: some TensorTree, _ label: String) {
    leaves = treeLeavesWithPath(tree).map { (TreePath([.field(label)] + $0.path.keys), $0.leaf) }
  }

  var tensors: [Tensor] { leaves.map(\.tensor) }

  mutating func visitTensors(_ visitor: inout TensorVisitor) {
    for index in leaves.indices {
      var part = Part(keys: leaves[index].path.keys[...], tensor: leaves[index].tensor)
      part.visitTensors(&visitor)
      leaves[index].tensor = part.tensor
    }
  }

  /// A tensor and the rest of its path.
  private struct Part: TensorTree {
    let keys: ArraySlice<TreeKey>
    var tensor: Tensor

    mutating func visitTensors(_ visitor: inout TensorVisitor) {
      guard let key = keys.first else { return tensor.visitTensors(&visitor) }
      var rest = Part(keys: keys.dropFirst(), tensor: tensor)
      visitor.visit(key, &rest)
      tensor = rest.tensor
    }
  }
}
