import Tensor

/// A tree of any type, seen as its tensors and the paths to them: what optimizers compute with.
///
/// Gradients, parameters and moments of one model have the same paths; operations on several trees
/// pair their tensors one by one.
public struct AnyTensorTree: Sendable {
  /// The path of each tensor.
  public let paths: [TreePath]
  /// The tensors, in the order of the paths.
  public var leaves: [Tensor]
  /// The paths that hold no tensor: what ``masked(_:_:)`` hides, and lists without elements.
  package let emptyPaths: [TreePath]

  /// Sees a tree as its tensors.
  public init(_ tree: some TensorTree) {
    if let tree = tree as? AnyTensorTree {
      self = tree
    } else {
      let found = treeLeavesWithPath(tree)
      self.init(paths: found.map(\.path), leaves: found.map(\.leaf))
    }
  }

  package init(paths: [TreePath], leaves: [Tensor], emptyPaths: [TreePath] = []) {
    self.paths = paths
    self.leaves = leaves
    self.emptyPaths = emptyPaths
  }

  /// Gives the tensors back in a tree of the type and structure of `tree`, which these paths are of.
  public func restored<T: TensorTree>(like tree: T) -> T { treeReplacingLeaves(tree, leaves) }

  /// Applies `transform` to each tensor.
  public func map(_ transform: (Tensor) -> Tensor) -> AnyTensorTree {
    replacing(leaves.map(transform))
  }

  /// Applies `transform` to each tensor and the one at the same path of another tree.
  ///
  /// Records an error naming the first path that only one of the trees has.
  public func map(
    _ other: AnyTensorTree, _ transform: (Tensor, Tensor) -> Tensor
  ) -> AnyTensorTree {
    guard matches(other) else { return self }
    return replacing(zip(leaves, other.leaves).map(transform))
  }

  /// Applies `transform` to the tensors at the same paths of three trees.
  ///
  /// Records an error naming the first path that not all of the trees have.
  public func map(
    _ second: AnyTensorTree, _ third: AnyTensorTree,
    _ transform: (Tensor, Tensor, Tensor) -> Tensor
  ) -> AnyTensorTree {
    guard matches(second), matches(third) else { return self }
    return replacing(
      leaves.indices.map { transform(leaves[$0], second.leaves[$0], third.leaves[$0]) })
  }

  /// Other tensors at the same paths.
  package func replacing(_ leaves: [Tensor]) -> AnyTensorTree {
    AnyTensorTree(paths: paths, leaves: leaves, emptyPaths: emptyPaths)
  }

  /// Whether the other tree has the same paths; records an error if not.
  package func matches(_ other: AnyTensorTree) -> Bool {
    // Arrays that share their storage, as trees made from each other do, compare at once.
    if paths == other.paths { return true }
    let extra = other.paths.first { !Set(paths).contains($0) }
    let missing = paths.first { !Set(other.paths).contains($0) }
    record(
      TensorError(
        "update",
        .other(
          "the trees' structures differ: "
            + (missing.map { "one lacks \($0)" } ?? extra.map { "one has \($0) besides" }
              ?? "their tensors come in another order")),
        hint: "give gradients, parameters and the state that initialize made of such parameters"))
    return false
  }
}

extension AnyTensorTree: TensorTree {
  /// Presents the tensors under their paths.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) {
    for index in leaves.indices {
      var leaf = LeafAtPath(keys: paths[index].keys[...], tensor: leaves[index])
      leaf.visitTensors(&visitor)
      leaves[index] = leaf.tensor
    }
  }
}

/// A tensor below the keys that lead to it.
private struct LeafAtPath: TensorTree {
  let keys: ArraySlice<TreeKey>
  var tensor: Tensor

  mutating func visitTensors(_ visitor: inout TensorVisitor) {
    guard let key = keys.first else { return tensor.visitTensors(&visitor) }
    var rest = LeafAtPath(keys: keys.dropFirst(), tensor: tensor)
    visitor.visit(key, &rest)
    tensor = rest.tensor
  }
}
