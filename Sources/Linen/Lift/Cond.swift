/// Calls one of two functions of a module and operands, as `predicate`, a bool or number scalar, says.
///
///     let y = cond(mean(x) .> 0, self, x) { module, x in
///       module.a(x)
///     } else: { module, x in
///       module.b(x)
///     }
///
/// Both are traced, and must give the same structure and types and make the same variables: where
/// they don't, call both once when initializing. `variables` and `rngs` are the collections and
/// streams that are passed on. Mirrors `flax.linen.cond`.
public func cond<T: LiftTarget, each A: TensorTree, R: TensorTree>(
  _ predicate: Tensor, _ target: T, _ operands: repeat each A, variables: CollectionFilter = true,
  rngs: CollectionFilter = true, then onTrue: (T, repeat each A) -> R,
  else onFalse: (T, repeat each A) -> R
) -> R {
  guard predicate.rank == 0 else {
    recordChoice("cond", predicate, target)
    return onTrue(target, repeat each operands)
  }
  // As in JAX the first branch is the true one: the keys that it draws come first.
  let index = predicate.cast(to: .bool).cast(to: .int32)
  return withoutActuallyEscaping(onTrue) { onTrue in
    withoutActuallyEscaping(onFalse) { onFalse in
      chosen(
        "cond", Tensor(Int32(1)) - index, target, ArgumentList(repeat each operands), variables,
        rngs,
        [
          { target, list in onTrue(target, repeat each list.values) },
          { target, list in onFalse(target, repeat each list.values) },
        ])
    }
  }
}

/// Calls the function of a module and an operand that `index`, an integer scalar, chooses.
///
/// An index out of range takes the first or last. All are traced, and must give the same structure
/// and types and make the same variables: where they don't, call all once when initializing. Mirrors
/// `flax.linen.switch`.
public func switchCase<T: LiftTarget, A: TensorTree, R: TensorTree>(
  _ index: Tensor, _ target: T, _ operand: A, variables: CollectionFilter = true,
  rngs: CollectionFilter = true, _ branches: [(T, A) -> R]
) -> R {
  guard let first = branches.first else {
    let error = LiftError("switch", .branchesMissing)
    record(error)
    if let value = operand as? R ?? makeStandIn() { return value }
    // Without a branch there is nothing to tell what the result could be.
    fatalError("\(error)")
  }
  if index.rank > 0 || !index.dtype.isInteger {
    recordChoice("switch", index, target)
    return first(target, operand)
  }
  let last = Tensor(Int32(branches.count - 1))
  let clamped = clip(index.cast(to: .int32), low: Tensor(Int32(0)), high: last)
  return chosen("switch", clamped, target, operand, variables, rngs, branches)
}

/// Records that what chooses a branch can't do so.
private func recordChoice(_ name: String, _ choice: Tensor, _ target: some LiftTarget) {
  let pack = Pack(LiftedScopes(target), name: name, in: [], out: [], rngs: [])
  let value = choice.array == nil ? "\(choice.type)" : "\(choice)"
  record(pack.error(.choice(value: value, type: choice.type)))
}

/// Traces all branches, and gives the result of one; `index` is within them.
private func chosen<T: LiftTarget, A: TensorTree, R: TensorTree>(
  _ name: String, _ index: Tensor, _ target: T, _ operands: A, _ variables: CollectionFilter,
  _ rngs: CollectionFilter, _ branches: [(T, A) -> R]
) -> R {
  let pack = Pack(
    LiftedScopes(target), name: name, in: [variables], out: [variables], rngs: [rngs])
  let input = LiftInput(pack, operands)
  var templates: [LiftOutput<R>] = []
  let functions = branches.map { branch in
    { (input: LiftInput<A>) throws -> LiftOutput<R> in
      let output = pack.run(input) { scopes, operands in
        var scopes = scopes[...]
        return branch(target.moved(to: &scopes), operands)
      }
      templates.append(treeMap(output) { Tensor($0.type) })
      try pack.checkBranch(templates.count - 1, output.parts, like: templates[0].parts)
      return output
    }
  }
  return pack.recovering {
    let output: LiftOutput<R>
    if let known = index.array {
      output = try evaluated(pack, Int(known.pointer(as: Int32.self).pointee), input, functions)
    } else {
      output = try Autodiff.switchCase(index, input, functions)
    }
    pack.publish(output.variables)
    return output.result
  } _: {
    templates.first.map { placeholders($0.result) } ?? branches[0](target, operands)
  }
}

/// Evaluates the branch that is known to be chosen; the others are traced all the same, as in JAX:
/// for the keys that they draw and the mistakes that are in them.
private func evaluated<A: TensorTree, R: TensorTree>(
  _ pack: Pack, _ index: Int, _ input: LiftInput<A>,
  _ functions: [(LiftInput<A>) throws -> LiftOutput<R>]
) throws -> LiftOutput<R> {
  var result: LiftOutput<R>?
  let leaves = treeLeaves(input)
  for (place, function) in functions.enumerated() {
    if place == index {
      result = try function(input)
    } else {
      _ = try Graph.record(name: pack.name, leaves.map(\.type)) {
        treeLeaves(try function(treeReplacingLeaves(input, $0)))
      }
    }
  }
  guard let result else { throw pack.error(.branchesMissing) }
  return result
}
