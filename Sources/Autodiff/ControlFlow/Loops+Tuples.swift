// Loops whose carry is a pair, as that of an LSTM is.

/// Loops over the leading axis of `inputs`, carrying a pair from step to step.
/// - Throws: as `scan` with one carry.
public func scan<A: TensorTree, B: TensorTree, Input: TensorTree, Output: TensorTree>(
  _ initial: (A, B), _ inputs: Input, length: Int? = nil, reverse: Bool = false, unroll: Int = 1,
  checkpointSegments: Int? = nil, _ body: ((A, B), Input) throws -> ((A, B), Output)
) throws -> (carry: (A, B), outputs: Output) {
  let result = try scan(
    TreePair(initial.0, initial.1), inputs, length: length, reverse: reverse, unroll: unroll,
    checkpointSegments: checkpointSegments
  ) { (carry: TreePair<A, B>, input: Input) in
    let (new, output) = try body(carry.parts, input)
    return (TreePair(new.0, new.1), output)
  }
  return (result.carry.parts, result.outputs)
}

/// Repeats `body` on a pair while `condition` holds.
/// - Throws: as `whileLoop` with one carry.
public func whileLoop<A: TensorTree, B: TensorTree>(
  _ initial: (A, B), while condition: ((A, B)) throws -> Tensor,
  _ body: ((A, B)) throws -> (A, B)
) throws -> (A, B) {
  try whileLoop(
    TreePair(initial.0, initial.1), while: { (carry: TreePair<A, B>) in try condition(carry.parts) }
  ) { carry in
    let (a, b) = try body(carry.parts)
    return TreePair(a, b)
  }.parts
}

/// Repeats `body` on a pair for each index from `lower` to below `upper`.
/// - Throws: as `foriLoop` with one carry.
public func foriLoop<A: TensorTree, B: TensorTree>(
  _ lower: Int, _ upper: Int, _ initial: (A, B), _ body: (Tensor, (A, B)) throws -> (A, B)
) throws -> (A, B) {
  try foriLoop(lower, upper, TreePair(initial.0, initial.1)) {
    (index: Tensor, carry: TreePair<A, B>) in
    let (a, b) = try body(index, carry.parts)
    return TreePair(a, b)
  }.parts
}
