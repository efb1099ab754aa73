/// Loops over the leading axis of `inputs`, carrying a value from step to step.
///
/// `body` takes the carry and one slice of the inputs, and gives the new carry, of the same structure
/// and types, and one slice of the outputs, which are stacked. It is traced once. Without inputs
/// (`EmptyTree()`), `length` says how often to go round. Mirrors `jax.lax.scan`.
///
/// - `reverse`: from the last slice to the first.
/// - `unroll`: how many steps the compiled loop does in one go.
/// - `checkpointSegments`: into how many parts to divide the loop for reverse mode, which then keeps
///   the carries between parts only and computes the rest anew. With the square root of the length it
///   needs memory for twice as many steps, instead of for all.
/// - Throws: an error if the sizes of the leading axes differ or the carry changes its type, and the
///   first error recorded in `body`.
public func scan<Carry: TensorTree, Input: TensorTree, Output: TensorTree>(
  _ initial: Carry, _ inputs: Input, length: Int? = nil, reverse: Bool = false, unroll: Int = 1,
  checkpointSegments: Int? = nil, _ body: (Carry, Input) throws -> (Carry, Output)
) throws -> (carry: Carry, outputs: Output) {
  try withErrors {
    let carries = treeLeaves(initial)
    let slices = treeLeavesWithPath(inputs)
    let length = try commonLength(slices, length)
    try checkPositive("unroll", unroll)
    try checkPositive("checkpointSegments", checkpointSegments ?? 1)
    var outputTemplate: Output?
    let sliceTypes = slices.map {
      $0.leaf.type.with(shape: $0.leaf.shape.removing([0]))
    }
    let recorded = try Graph.record(name: "scan", carries.map(\.type) + sliceTypes) { arguments in
      let carry = treeReplacingLeaves(initial, Array(arguments[..<carries.count]))
      let slice = treeReplacingLeaves(inputs, Array(arguments[carries.count...]))
      let (newCarry, output) = try body(carry, slice)
      outputTemplate = treeMap(output) { Tensor($0.type) }
      return try checkedCarry("scan", initial, newCarry) + treeLeaves(output)
    }
    try checkErrors()
    guard let outputTemplate else {
      throw TensorError("scan", .other("the body was not called"))
    }
    let (closed, captures) = recorded.hoistingCapturesFirst()
    let steps = ScanSteps(
      step: closed, constants: captures, carryCount: carries.count, isReversed: reverse)
    let results = steps.run(
      carries, slices.map(\.leaf), length: length, unroll: unroll, segments: checkpointSegments)
    return (
      treeReplacingLeaves(initial, Array(results[..<carries.count])),
      treeReplacingLeaves(outputTemplate, Array(results[carries.count...]))
    )
  }
}

private func checkPositive(_ name: String, _ value: Int) throws {
  guard value < 1 else { return }
  throw TensorError(
    "scan", .argumentInvalid(name: name, value: "\(value)", expected: "at least 1"))
}

/// The size of the leading axis of all inputs, or the length that was given.
private func commonLength(
  _ inputs: [(path: TreePath, leaf: Tensor)], _ given: Int?
) throws -> Int {
  var result = given
  var source = given.map { "length \($0)" }
  for (path, leaf) in inputs {
    guard leaf.rank > 0 else {
      throw TensorError(
        "scan", .rankInvalid(rank: 0, expected: "at least 1"), [.init("inputs\(path)", leaf.type)])
    }
    let size = leaf.shape.dimensions[0]
    if let result, let source, result != size {
      throw TensorError(
        "scan", .sizesDiffer(what: "lengths: \(source) and the leading axis"),
        [.init("inputs\(path)", leaf.type, axis: 0)])
    }
    result = size
    source = "inputs\(path) \(leaf.type) axis 0 = \(size)"
  }
  guard let result else {
    throw TensorError(
      "scan", .other("there are no inputs and no length"),
      hint: "pass length: to say how often to go round")
  }
  if result < 0 {
    throw TensorError(
      "scan", .argumentInvalid(name: "length", value: "\(result)", expected: "at least 0"))
  }
  return result
}

/// The leaves of a new carry, whose structure and types must be those of the old.
func checkedCarry<T: TensorTree>(_ name: String, _ old: T, _ new: T) throws -> [Tensor] {
  guard let leaves = matchingLeaves(name, old, new) else {
    try checkErrors()
    return treeLeaves(old)
  }
  for ((path, before), after) in zip(treeLeavesWithPath(old), leaves)
  where before.shape != after.shape || before.dtype != after.dtype {
    throw TensorError(
      name, .other("the carry\(path) changes its type"),
      [.init("before", before.type), .init("after", after.type)],
      hint: "make the first carry of the type that the body returns, or convert with cast(to:)")
  }
  return zip(leaves, treeLeaves(old)).map { $0.converted($1.dtype, isWeak: $1.type.isWeak) }
}
