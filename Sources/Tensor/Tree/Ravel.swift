/// Joins all tensors of a tree, flattened, to one vector, and gives the function that takes it apart.
///
/// The vector has the promoted dtype of the tensors; taken apart, each has its own shape and dtype
/// again. Mirrors `jax.flatten_util.ravel_pytree`.
public func ravel<T: TensorTree>(_ tree: T) -> (vector: Tensor, unravel: (Tensor) -> T) {
  let leaves = treeLeaves(tree)
  let types = leaves.map(\.type)
  let vector =
    leaves.isEmpty ? Tensor.zeros([0]) : concatenate(leaves.map { $0.reshaped(to: [-1]) })
  let type = vector.type
  // Only the structure is kept, not the tensors.
  let template = treeMap(tree) { Tensor($0.type) }
  func unravel(_ vector: Tensor) -> T {
    guard vector.shape == type.shape else {
      record(
        TensorError(
          "ravel", .other("the vector must have the size of the tree"),
          [.init("vector", vector.type), .init("tree", type)]))
      return treeMap(template) { .placeholder($0.type) }
    }
    var start = 0
    let parts = types.map { type in
      defer { start += type.elementCount }
      return vector.sliced(along: 0, start..<start + type.elementCount)
        .reshaped(to: type.shape).cast(to: type.dtype)
    }
    return treeReplacingLeaves(template, parts)
  }
  return (vector, unravel)
}
