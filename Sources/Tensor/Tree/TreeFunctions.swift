/// Presents every tensor of a tree, with its path, and takes what `body` makes of it.
private func visit<T: TensorTree>(_ tree: inout T, _ body: (inout Tensor, TreePath) -> Void) {
  withoutActuallyEscaping(body) { body in
    var visitor = TensorVisitor(body)
    tree.visitTensors(&visitor)
  }
}

/// The tensors of a tree, in order.
public func treeLeaves(_ tree: some TensorTree) -> [Tensor] {
  var tree = tree
  var visitor = TensorVisitor.gathering
  tree.visitTensors(&visitor)
  return visitor.leaves
}

/// The tensors of a tree with their paths, in order.
public func treeLeavesWithPath(_ tree: some TensorTree) -> [(path: TreePath, leaf: Tensor)] {
  var tree = tree
  var leaves: [(TreePath, Tensor)] = []
  visit(&tree) { tensor, path in leaves.append((path, tensor)) }
  return leaves
}

/// The paths of a tree's tensors: two trees have the same structure if these are equal.
public func treeStructure(_ tree: some TensorTree) -> [TreePath] {
  treeLeavesWithPath(tree).map(\.path)
}

/// The tensors of a tree, and what tells its structure from others'.
package func treeSignature(
  _ tree: some TensorTree
) -> (leaves: [Tensor], structure: TreeDefinition) {
  var tree = tree
  var visitor = TensorVisitor.recording
  tree.visitTensors(&visitor)
  return (visitor.leaves, visitor.definition)
}

/// The tensors of a tree, if it is of this structure.
package func treeLeaves(_ tree: some TensorTree, of structure: TreeDefinition) -> [Tensor]? {
  var tree = tree
  var visitor = TensorVisitor.comparing(structure)
  tree.visitTensors(&visitor)
  return visitor.matches ? visitor.leaves : nil
}

/// Applies `transform` to each tensor of a tree.
public func treeMap<T: TensorTree>(_ tree: T, _ transform: (Tensor) -> Tensor) -> T {
  var result = tree
  visit(&result) { tensor, _ in tensor = transform(tensor) }
  return result
}

/// Applies `transform` to each tensor of a tree and its path.
public func treeMapWithPath<T: TensorTree>(
  _ tree: T, _ transform: (TreePath, Tensor) -> Tensor
) -> T {
  var result = tree
  visit(&result) { tensor, path in tensor = transform(path, tensor) }
  return result
}

/// Applies `transform` to the tensors of two trees of the same structure, which the result has too.
///
/// Records an error naming the first path that only one has.
public func treeMap<T: TensorTree>(
  _ tree: T, _ other: some TensorTree, _ transform: (Tensor, Tensor) -> Tensor
) -> T {
  guard let others = matchingLeaves("treeMap", tree, other) else { return tree }
  var index = 0
  return treeMap(tree) { tensor in
    defer { index += 1 }
    return transform(tensor, others[index])
  }
}

/// Applies `transform` to the tensors of three trees of the same structure.
///
/// Records an error naming the first path that not all have.
public func treeMap<T: TensorTree>(
  _ tree: T, _ second: some TensorTree, _ third: some TensorTree,
  _ transform: (Tensor, Tensor, Tensor) -> Tensor
) -> T {
  guard let seconds = matchingLeaves("treeMap", tree, second),
    let thirds = matchingLeaves("treeMap", tree, third)
  else { return tree }
  var index = 0
  return treeMap(tree) { tensor in
    defer { index += 1 }
    return transform(tensor, seconds[index], thirds[index])
  }
}

/// Combines the tensors of a tree, in order.
public func treeReduce<R>(_ tree: some TensorTree, _ initial: R, _ combine: (R, Tensor) -> R) -> R {
  treeLeaves(tree).reduce(initial, combine)
}

/// A copy of `tree` with other tensors, in order; their number is known to be right.
package func treeReplacingLeaves<T: TensorTree>(_ tree: T, _ leaves: [Tensor]) -> T {
  var result = tree
  var visitor = TensorVisitor.replacing(with: leaves)
  result.visitTensors(&visitor)
  return result
}

/// A tree of the structure of `tree` with other tensors, in order, as `treeLeaves` gives them.
///
/// Records an error and gives `tree` back if their number is another. Mirrors
/// `jax.tree_util.tree_unflatten`.
public func treeUnflatten<T: TensorTree>(_ tree: T, _ leaves: [Tensor]) -> T {
  let count = treeLeaves(tree).count
  guard count == leaves.count else {
    record(
      TensorError(
        "treeUnflatten",
        .argumentInvalid(name: "number of leaves", value: "\(leaves.count)", expected: "\(count)"))
    )
    return tree
  }
  return treeReplacingLeaves(tree, leaves)
}

/// The leaves of `other`, if its structure is that of `tree`; records an error otherwise.
package func matchingLeaves(
  _ operation: String, _ tree: some TensorTree, _ other: some TensorTree
) -> [Tensor]? {
  let others = treeLeavesWithPath(other)
  guard let (one, another) = treeDifference(treeStructure(tree), others.map(\.path)) else {
    return others.map(\.leaf)
  }
  record(
    TensorError(operation, .other("the trees' structures differ: \(one) and \(another)")))
  return nil
}

/// The first place at which two structures differ, as texts; nil if they are equal.
package func treeDifference(_ a: [TreePath], _ b: [TreePath]) -> (String, String)? {
  func text(_ paths: [TreePath], _ index: Int) -> String {
    guard index < paths.count else { return "nothing" }
    return paths[index].keys.isEmpty ? "one tensor" : "\(paths[index])"
  }
  let count = Swift.max(a.count, b.count)
  let place = (0..<count).first { index in
    index >= a.count || index >= b.count || a[index] != b[index]
  }
  return place.map { (text(a, $0), text(b, $0)) }
}
