/// Finds the types of the results of `function` without computing them.
///
/// The arguments may be abstract (`Tensor(ShapeDtype([2, 3]))`) or not: only their types count. The
/// tensors of the result have types and no values. Mirrors `jax.eval_shape`.
/// - Throws: the first error recorded in `function`, or what it throws.
public func evalShape<T: TensorTree, U: TensorTree>(
  _ function: (T) throws -> U, _ arguments: T
) throws -> U {
  try withErrors {
    treeMap(try function(treeMap(arguments) { Tensor($0.type) })) { Tensor($0.type) }
  }
}

/// Finds the types of the results of `function` without computing them.
/// - Throws: the first error recorded in `function`, or what it throws.
public func evalShape<A: TensorTree, B: TensorTree, U: TensorTree>(
  _ function: (A, B) throws -> U, _ a: A, _ b: B
) throws -> U {
  try withErrors {
    let output = try function(
      treeMap(a) { Tensor($0.type) }, treeMap(b) { Tensor($0.type) })
    return treeMap(output) { Tensor($0.type) }
  }
}
