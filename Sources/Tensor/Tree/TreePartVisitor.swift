/// What takes the parts of a tree one level deep, each with its own type.
package protocol TreePartVisitor: AnyObject {
  /// Takes a part.
  func visit<T: TensorTree>(_ key: TreeKey, _ part: inout T)
  /// Takes the tensor that the tree itself is.
  func visitLeaf(_ tensor: inout Tensor)
}

/// Presents the parts of a tree one level deep.
package func presentTreeParts<T: TensorTree>(_ tree: inout T, to parts: some TreePartVisitor) {
  var visitor = TensorVisitor.presenting(to: parts)
  tree.visitTensors(&visitor)
}
