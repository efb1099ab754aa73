/// Repeats `body` while `condition` holds.
///
/// `condition` gives a bool scalar; `body` gives a value of the carry's structure and types. Both are
/// traced once. Forward mode goes through it, reverse mode can't. Mirrors `jax.lax.while_loop`.
/// - Throws: an error if the condition is no bool scalar or the carry changes its type, and the
///   first error recorded in either.
public func whileLoop<Carry: TensorTree>(
  _ initial: Carry, while condition: (Carry) throws -> Tensor, _ body: (Carry) throws -> Carry
) throws -> Carry {
  try withErrors {
    let carries = treeLeaves(initial)
    let types = carries.map(\.type)
    let conditionGraph = try Graph.record(name: "whileLoop", types) { arguments in
      let result = try condition(treeReplacingLeaves(initial, arguments))
      guard result.rank == 0, result.dtype == .bool else {
        throw TensorError(
          "whileLoop", .other("the condition must be a bool scalar"),
          [.init("condition", result.type)])
      }
      return [result]
    }
    let bodyGraph = try Graph.record(name: "whileLoop", types) { arguments in
      let new = try body(treeReplacingLeaves(initial, arguments))
      return try checkedCarry("whileLoop", initial, new)
    }
    try checkErrors()
    let (condition, ofCondition) = conditionGraph.hoistingCapturesFirst()
    let (body, ofBody) = bodyGraph.hoistingCapturesFirst()
    let results = bind(
      WhilePrimitive(
        condition: Subgraph(condition), body: Subgraph(body),
        conditionConstantCount: ofCondition.count, bodyConstantCount: ofBody.count),
      ofCondition + ofBody + carries)
    return treeReplacingLeaves(initial, results)
  }
}

/// Repeats `body` for each index from `lower` to below `upper`.
///
/// The index is an int32 scalar. With bounds that are Ints it is a scan, so that reverse mode goes
/// through it. Mirrors `jax.lax.fori_loop`.
/// - Throws: an error if the carry changes its type, and the first error recorded in `body`.
public func foriLoop<Carry: TensorTree>(
  _ lower: Int, _ upper: Int, _ initial: Carry, _ body: (Tensor, Carry) throws -> Carry
) throws -> Carry {
  let indices = arange(lower, Swift.max(lower, upper), dtype: .int32)
  return try scan(initial, indices) { carry, index in (try body(index, carry), EmptyTree()) }.carry
}

/// Repeats `body` for each index from `lower` to below `upper`, which may depend on traced values.
/// - Throws: an error if the carry changes its type, and the first error recorded in `body`.
public func foriLoop<Carry: TensorTree>(
  _ lower: Tensor, _ upper: Tensor, _ initial: Carry, _ body: (Tensor, Carry) throws -> Carry
) throws -> Carry {
  try whileLoop(
    Counted(index: lower.converted(.int32), carry: initial), while: { $0.index .< upper }
  ) { state in
    Counted(index: state.index + 1, carry: try body(state.index, state.carry))
  }.carry
}

/// A carry and the index of the step.
private struct Counted<Carry: TensorTree>: TensorTree {
  var index: Tensor
  var carry: Carry

  mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit(.field("index"), &index)
    visitor.visit(.field("carry"), &carry)
  }
}
