/// Computes one of two functions of `operand`, as `predicate`, a bool or number scalar, says.
///
/// Both must return the same structure and types. Where the predicate's value is known only the
/// chosen one is computed; while a transform traces it both are traced, and under `vmap` with a mapped
/// predicate both are computed. Mirrors `jax.lax.cond`.
/// - Throws: an error if the predicate is no scalar or the results differ in structure or type, and
///   the first error recorded in either function.
public func cond<T: TensorTree, U: TensorTree>(
  _ predicate: Tensor, _ operand: T, then onTrue: (T) throws -> U, else onFalse: (T) throws -> U
) throws -> U {
  guard predicate.rank == 0 else {
    throw TensorError(
      "cond", .rankInvalid(rank: predicate.rank, expected: "a scalar predicate"),
      [.init("predicate", predicate.type)])
  }
  return try withoutActuallyEscaping(onTrue) { onTrue in
    try withoutActuallyEscaping(onFalse) { onFalse in
      try branch("cond", predicate.cast(to: .bool).cast(to: .int32), operand, [onFalse, onTrue])
    }
  }
}

/// Computes one of two functions that take what they capture.
/// - Throws: as `cond` of an operand.
public func cond<U: TensorTree>(
  _ predicate: Tensor, then onTrue: () throws -> U, else onFalse: () throws -> U
) throws -> U {
  try cond(predicate, EmptyTree(), then: { _ in try onTrue() }, else: { _ in try onFalse() })
}

/// Computes one of two functions of two operands.
/// - Throws: as `cond` of an operand.
public func cond<A: TensorTree, B: TensorTree, U: TensorTree>(
  _ predicate: Tensor, _ a: A, _ b: B, then onTrue: (A, B) throws -> U,
  else onFalse: (A, B) throws -> U
) throws -> U {
  try cond(
    predicate, TreePair(a, b), then: { try onTrue($0.parts.0, $0.parts.1) },
    else: { try onFalse($0.parts.0, $0.parts.1) })
}

/// Computes the function of `operand` that `index`, an integer scalar, chooses.
///
/// An index out of range takes the first or last. Mirrors `jax.lax.switch`.
/// - Throws: an error if the index is no integer scalar or the results differ in structure or type,
///   and the first error recorded in a function.
public func switchCase<T: TensorTree, U: TensorTree>(
  _ index: Tensor, _ operand: T, _ branches: [(T) throws -> U]
) throws -> U {
  guard index.rank == 0, index.dtype.isInteger, !branches.isEmpty else {
    throw TensorError(
      "switchCase", .other("the index must be an integer scalar, and there must be a branch"),
      [.init("index", index.type)])
  }
  let last = Tensor(Int32(branches.count - 1))
  let clamped = clip(index.cast(to: .int32), low: Tensor(Int32(0)), high: last)
  return try branch("switchCase", clamped, operand, branches)
}

/// Computes the function that `index` chooses, of functions that take what they capture.
/// - Throws: as `switchCase` of an operand.
public func switchCase<U: TensorTree>(_ index: Tensor, _ branches: [() throws -> U]) throws -> U {
  try switchCase(index, EmptyTree(), branches.map { branch in { _ in try branch() } })
}

private func branch<T: TensorTree, U: TensorTree>(
  _ name: String, _ index: Tensor, _ operand: T, _ branches: [(T) throws -> U]
) throws -> U {
  if let known = index.array {
    let chosen = withExtendedLifetime(known) { known.pointer(as: Int32.self).pointee }
    return try branches[Int(chosen)](operand)
  }
  return try withErrors {
    let leaves = treeLeaves(operand)
    var templates: [U] = []
    let recorded = try branches.map { branch in
      try Graph.record(name: name, leaves.map(\.type)) { arguments in
        let result = try branch(treeReplacingLeaves(operand, arguments))
        templates.append(treeMap(result) { Tensor($0.type) })
        return treeLeaves(result)
      }
    }
    try checkErrors()
    try checkBranches(name, templates)
    // Every branch takes the captures of all.
    let hoisted = recorded.map { $0.hoistingCaptures() }
    let captureTypes = hoisted.map { $0.captures.map(\.type) }
    let graphs = hoisted.enumerated().map { index, part in
      Graph.record(name: name, leaves.map(\.type) + captureTypes.flatMap { $0 }) { arguments in
        let first = leaves.count + captureTypes[..<index].reduce(0) { $0 + $1.count }
        let own = arguments[first..<first + part.captures.count]
        return zip(
          part.graph.evaluate(Array(arguments[..<leaves.count]) + own), part.graph.outputTypes
        )
        .enumerated().map { place, pair in
          let type = recorded[0].outputTypes[place]
          return pair.0.converted(type.dtype, isWeak: type.isWeak)
        }
      }
    }
    let results = bind(
      CondPrimitive(branches: graphs.map(Subgraph.init)),
      [index] + leaves + hoisted.flatMap(\.captures))
    return treeReplacingLeaves(templates[0], results)
  }
}

/// Checks that all branches return the same structure and types.
package func checkBranches<U: TensorTree>(_ name: String, _ templates: [U]) throws {
  let first = treeLeavesWithPath(templates[0])
  for (index, template) in templates.enumerated().dropFirst() {
    if let (one, other) = treeDifference(first.map(\.path), treeStructure(template)) {
      throw TensorError(
        name,
        .other(
          "the branches return different structures: branch 0 has \(one), "
            + "branch \(index) has \(other)"),
        hint: "return trees of the same keys from all branches")
    }
    for ((path, a), (_, b)) in zip(first, treeLeavesWithPath(template))
    where a.shape != b.shape || a.dtype != b.dtype {
      throw TensorError(
        name,
        .other("the branches return different types\(path.keys.isEmpty ? "" : " at \(path)")"),
        [.init("branch 0", a.type), .init("branch \(index)", b.type)],
        hint: "convert one with cast(to:) or give it the other's shape")
    }
  }
}
