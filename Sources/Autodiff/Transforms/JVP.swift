/// Evaluates `function` and its derivative at `primals` along `tangents`.
///
/// `tangents` has the structure and types of `primals`. Mirrors `jax.jvp`.
/// - Throws: the first error recorded in `function`, or what it throws.
public func jvp<T: TensorTree, U: TensorTree>(
  _ function: (T) throws -> U, _ primals: T, _ tangents: T
) throws -> (value: U, tangent: U) {
  try withErrors {
    let trace = JVPTrace(name: "jvp")
    defer { trace.isOpen = false }
    let directions = checkedLeaves("jvp", "tangent", tangents, like: primals)
    let duals = zip(treeLeaves(primals), directions).map { primal, direction in
      trace.join(primal, primal.dtype.isInexact ? direction : nil)
    }
    let output = try function(treeReplacingLeaves(primals, duals))
    let value = treeMap(output) { trace.split($0).primal }
    let tangent = treeMap(output) { leaf in
      let (primal, tangent) = trace.split(leaf)
      return tangent ?? zeros(like: primal)
    }
    return (value, tangent)
  }
}

/// Evaluates `function` at `primals` and gives its derivative there as a linear function.
///
/// What does not depend on the direction is computed once. Mirrors `jax.linearize`.
/// - Throws: the first error recorded in `function`, or what it throws.
public func linearize<T: TensorTree, U: TensorTree>(
  _ function: (T) throws -> U, _ primals: T
) throws -> (value: U, pushforward: (T) throws -> U) {
  let linearization = try withErrors {
    try Linearization(name: "linearize", treeLeaves(primals)) {
      try function(treeReplacingLeaves(primals, $0))
    }
  }
  func pushforward(_ tangent: T) throws -> U {
    try withErrors {
      linearization.pushforward(checkedLeaves("linearize", "tangent", tangent, like: primals))
    }
  }
  return (linearization.value, pushforward)
}
