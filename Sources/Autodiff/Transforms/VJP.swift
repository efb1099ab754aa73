/// Evaluates `function` at `primals` and gives its vector-Jacobian product there.
///
/// The pullback takes a cotangent of the result's structure and types and gives that of `primals`;
/// it can be called any number of times. Integer tensors get cotangent zero. Mirrors `jax.vjp`.
/// - Throws: the first error recorded in `function`, or what it throws.
public func vjp<T: TensorTree, U: TensorTree>(
  _ function: (T) throws -> U, _ primals: T
) throws -> (value: U, pullback: (U) throws -> T) {
  let linearization = try withErrors {
    try Linearization(name: "vjp", treeLeaves(primals)) {
      try function(treeReplacingLeaves(primals, $0))
    }
  }
  func pullback(_ cotangent: U) throws -> T {
    try withErrors {
      let leaves = checkedLeaves("vjp", "cotangent", cotangent, like: linearization.value)
      return treeReplacingLeaves(primals, linearization.pullback(leaves))
    }
  }
  return (linearization.value, pullback)
}

/// The leaves of a tangent or cotangent, whose structure and types must be those of `value`.
///
/// Records an error naming the first difference and gives zeros in its place.
package func checkedLeaves<T: TensorTree>(
  _ operation: String, _ role: String, _ tangent: T, like value: T
) -> [Tensor] {
  let expected = treeLeavesWithPath(value)
  guard let leaves = matchingLeaves(operation, value, tangent) else {
    return expected.map { zeros(like: $0.leaf) }
  }
  return zip(leaves, expected).map { leaf, expected in
    let (have, want) = (leaf.type, expected.leaf.type)
    if have.shape == want.shape && have.dtype == want.dtype { return leaf }
    record(
      TensorError(
        operation,
        .other("the \(role)\(expected.path) must have the type of the value it belongs to"),
        [.init(role, have), .init("value", want)]))
    return zeros(like: expected.leaf)
  }
}
