/// The running combinations of the slices of `elements` along an axis, computed as a tree.
///
/// `combine` must be associative and work on many slices at once: it is given trees of equal sizes
/// along the axis. Slice i of the result combines slices 0 to i; with `reverse`, slices i to the last,
/// from the last on. Takes some 2 log2(n) calls of `combine` for n slices. Mirrors
/// `jax.lax.associative_scan`. Source: Blelloch, Prefix sums and their applications,
/// https://www.cs.cmu.edu/~guyb/papers/Ble93.pdf
/// - Throws: an error if the sizes of the axes differ or a combination has other types than the
///   elements, and the first error recorded in `combine`.
public func associativeScan<T: TensorTree>(
  _ elements: T, axis: Int = 0, reverse: Bool = false, _ combine: (T, T) throws -> T
) throws -> T {
  try withoutActuallyEscaping(combine) { combine in
    try withErrors {
      let leaves = treeLeavesWithPath(elements)
      let length = try mappedSize(
        leaves.map { MappedInput("elements\($0.path)", $0.leaf, axis: axis) },
        operation: "associativeScan", what: "sizes")
      guard let length else { return elements }
      let axes = leaves.map { axis < 0 ? axis + $0.leaf.rank : axis }
      let tree = PrefixTree(axes: axes) { first, second in
        let result = try combine(
          treeReplacingLeaves(elements, first), treeReplacingLeaves(elements, second))
        return try checkedCombination(result, first, like: elements)
      }
      let inputs = zip(leaves, axes).map { reverse ? flip($0.leaf, axes: [$1]) : $0.leaf }
      let results = try tree.scan(inputs, length)
      return treeReplacingLeaves(
        elements, zip(results, axes).map { reverse ? flip($0, axes: [$1]) : $0 })
    }
  }
}

/// The tensors of a combination, whose structure and types must be those of its operands.
private func checkedCombination<T: TensorTree>(
  _ result: T, _ operands: [Tensor], like elements: T
) throws -> [Tensor] {
  guard let leaves = matchingLeaves("associativeScan", elements, result) else {
    try checkErrors()
    return operands
  }
  for ((path, _), (operand, leaf)) in zip(treeLeavesWithPath(elements), zip(operands, leaves))
  where operand.shape != leaf.shape || operand.dtype != leaf.dtype {
    throw TensorError(
      "associativeScan", .other("the combination\(path) has another type than its operands"),
      [.init("operand", operand.type), .init("combination", leaf.type)],
      hint: "combine must work along all other axes and keep dtypes; convert with cast(to:)")
  }
  return leaves
}

/// Prefix combinations by pairs: those of neighbours are scanned, and give every second result.
private struct PrefixTree {
  let axes: [Int]
  let combine: ([Tensor], [Tensor]) throws -> [Tensor]

  func scan(_ elements: [Tensor], _ count: Int) throws -> [Tensor] {
    guard count > 1 else { return elements }
    let pairs = try combine(
      slices(elements, 0, count - 1, step: 2), slices(elements, 1, count, step: 2))
    let odd = try scan(pairs, count / 2)
    let later = slices(elements, 2, count, step: 2)
    let evenCount = (count - 1) / 2
    let first = slices(elements, 0, 1, step: 1)
    guard evenCount > 0 else { return interleaved(first, odd, count) }
    let before = slices(odd, 0, evenCount, step: 1)
    let even = zip(zip(first, try combine(before, later)), axes).map { parts, axis in
      concatenate([parts.0, parts.1], axis: axis)
    }
    return interleaved(even, odd, count)
  }

  private func slices(_ tensors: [Tensor], _ start: Int, _ stop: Int, step: Int) -> [Tensor] {
    zip(tensors, axes).map { $0.sliced(along: $1, start..<stop, step: step) }
  }

  /// Slices in turn from two lists, of which the first is as long or longer by one.
  private func interleaved(_ even: [Tensor], _ odd: [Tensor], _ count: Int) -> [Tensor] {
    zip(zip(even, odd), axes).map { parts, axis in
      let (even, odd) = parts
      let pairs = odd.shape.dimensions[axis]
      let joined = stack([even.sliced(along: axis, 0..<pairs), odd], axis: axis + 1)
        .reshaped(to: even.shape.replacing(axis, with: 2 * pairs))
      guard count > 2 * pairs else { return joined }
      return concatenate([joined, even.sliced(along: axis, pairs..<pairs + 1)], axis: axis)
    }
  }
}
