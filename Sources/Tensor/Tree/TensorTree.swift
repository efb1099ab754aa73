/// A value made of tensors: a tensor, an array, dictionary or optional of trees, or your own type.
///
/// Transforms take and return trees: they see the tensors in order, and everything else in the value
/// stays as it is. A type conforms by presenting its parts, each under a key:
///
///     struct Layer: TensorTree {
///       var kernel: Tensor
///       var bias: Tensor?
///       mutating func visitTensors(_ visitor: inout TensorVisitor) {
///         visitor.visit(.field("kernel"), &kernel)
///         visitor.visit(.field("bias"), &bias)
///       }
///     }
///
/// The order and keys must depend on the structure alone, not on the tensors' values.
public protocol TensorTree {
  /// Presents each part to `visitor`, always in the same order.
  mutating func visitTensors(_ visitor: inout TensorVisitor)
}

/// One step from a tree to a part of it.
public enum TreeKey: Hashable, Sendable, CustomStringConvertible {
  /// A dictionary's key.
  case key(String)
  /// A place in an array or tuple.
  case index(Int)
  /// A stored property.
  case field(String)

  /// The step as JAX prints it: `['kernel']`, `[0]` or `.kernel`.
  public var description: String {
    switch self {
    case .key(let key): "['\(key)']"
    case .index(let index): "[\(index)]"
    case .field(let name): ".\(name)"
    }
  }
}

/// The steps from a tree to a tensor in it; prints like `['params']['Dense_0']['kernel']`.
public struct TreePath: Hashable, Sendable, CustomStringConvertible {
  /// The steps, outermost first.
  public var keys: [TreeKey]

  /// Creates a path of steps.
  public init(_ keys: [TreeKey] = []) { self.keys = keys }

  /// The steps one after the other, as `jax.tree_util.keystr` prints them.
  public var description: String { keys.map(\.description).joined() }
}

/// What a tree presents its parts to.
public struct TensorVisitor {
  private let body: (inout Tensor, TreePath) -> Void
  private var path = TreePath()
  /// Everything that tells structures apart: the keys as they come, and the fixed values.
  fileprivate private(set) var structure: [AnyHashable] = []
  private let recordsStructure: Bool
  /// What takes the parts instead of going down into them.
  private let parts: (any TreePartVisitor)?

  fileprivate init(
    recordingStructure: Bool = false, _ body: @escaping (inout Tensor, TreePath) -> Void
  ) {
    self.body = body
    recordsStructure = recordingStructure
    parts = nil
  }

  fileprivate init(parts: any TreePartVisitor) {
    body = { tensor, _ in parts.visitLeaf(&tensor) }
    recordsStructure = false
    self.parts = parts
  }

  /// Presents a part under its key.
  public mutating func visit<T: TensorTree>(_ key: TreeKey, _ part: inout T) {
    if let parts { return parts.visit(key, &part) }
    path.keys.append(key)
    if recordsStructure { structure.append(key) }
    part.visitTensors(&self)
    path.keys.removeLast()
  }

  /// Presents a value that is no tensor but decides what is computed, such as a flag.
  ///
  /// A function compiled by `jit` is compiled anew for another value.
  public mutating func visit(fixed value: some Hashable) {
    if recordsStructure { structure.append(value) }
  }

  fileprivate mutating func leaf(_ tensor: inout Tensor) { body(&tensor, path) }
}

extension Tensor: TensorTree {
  /// Presents itself.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) { visitor.leaf(&self) }
}

extension Array: TensorTree where Element: TensorTree {
  /// Presents the elements in order.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) {
    for index in indices { visitor.visit(.index(index), &self[index]) }
  }
}

extension Optional: TensorTree where Wrapped: TensorTree {
  /// Presents the value, if there is one, under no key of its own.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) { self?.visitTensors(&visitor) }
}

extension Dictionary: TensorTree where Key == String, Value: TensorTree {
  /// Presents the values in the order of their sorted keys, as JAX does.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) {
    for key in keys.sorted() {
      guard var value = self[key] else { continue }
      visitor.visit(.key(key), &value)
      self[key] = value
    }
  }
}

/// A tree without tensors, for functions that return nothing of interest.
public struct EmptyTree: TensorTree, Hashable, Sendable {
  /// Creates the empty tree.
  public init() {}
  /// Presents nothing.
  public mutating func visitTensors(_ visitor: inout TensorVisitor) {}
}

/// What takes the parts of a tree one level deep, each with its own type.
package protocol TreePartVisitor: AnyObject {
  /// Takes a part.
  func visit<T: TensorTree>(_ key: TreeKey, _ part: inout T)
  /// Takes the tensor that the tree itself is.
  func visitLeaf(_ tensor: inout Tensor)
}

/// Presents the parts of a tree one level deep.
package func presentTreeParts<T: TensorTree>(_ tree: inout T, to parts: some TreePartVisitor) {
  var visitor = TensorVisitor(parts: parts)
  tree.visitTensors(&visitor)
}

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
  var leaves: [Tensor] = []
  visit(&tree) { tensor, _ in leaves.append(tensor) }
  return leaves
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
package func treeSignature<T: TensorTree>(_ tree: T) -> (leaves: [Tensor], structure: [AnyHashable])
{
  var tree = tree
  var leaves: [Tensor] = []
  let structure = withoutActuallyEscaping({ (tensor: inout Tensor, _: TreePath) in
    leaves.append(tensor)
  }) { body in
    var visitor = TensorVisitor(recordingStructure: true, body)
    tree.visitTensors(&visitor)
    return visitor.structure
  }
  return (leaves, structure)
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
  var index = 0
  return treeMap(tree) { _ in
    defer { index += 1 }
    return leaves[index]
  }
}

/// The leaves of `other`, if its structure is that of `tree`; records an error otherwise.
package func matchingLeaves(
  _ operation: String, _ tree: some TensorTree, _ other: some TensorTree
) -> [Tensor]? {
  let paths = treeStructure(tree)
  let others = treeLeavesWithPath(other)
  if paths == others.map(\.path) { return others.map(\.leaf) }
  let differing =
    zip(paths, others).first { $0 != $1.path }.map { "\($0) and \($1.path)" }
    ?? (paths.count > others.count
      ? "\(paths[others.count]) and nothing" : "nothing and \(others[paths.count].path)")
  record(TensorError(operation, .other("the trees' structures differ: \(differing)")))
  return nil
}
