/// Gives `function` a derivative of its own, as a rule for tangents.
///
/// `rule` takes the argument and its tangent, and gives the result and its tangent, in which it must
/// be linear; reverse mode transposes it. By tensors that either captures it can't be differentiated.
/// Mirrors `jax.custom_jvp`.
public func customJVP<T: TensorTree, U: TensorTree>(
  _ function: @escaping (T) throws -> U, rule: @escaping (T, T) throws -> (U, U)
) -> (T) throws -> U {
  { argument in
    // Only the structure: a tensor of the transform in whose graph the rule stands would keep itself
    // alive.
    let structure = treeMap(argument) { Tensor($0.type) }
    return try customCall("customJVP", function, argument) {
      CustomJVPRule { primals, tangents in
        let results = recovering {
          try rule(
            treeReplacingLeaves(structure, primals), treeReplacingLeaves(structure, tangents))
        }
        guard let results else { return ([], []) }
        return (treeLeaves(results.0), treeLeaves(results.1))
      }
    }
  }
}

/// Gives `function` a derivative of its own, as a rule for cotangents.
///
/// `forward` gives the result and what the derivative needs; `backward` takes that and the result's
/// cotangent, and gives the argument's. There is no forward mode. By tensors that either captures it
/// can't be differentiated. Mirrors `jax.custom_vjp`.
public func customVJP<T: TensorTree, U: TensorTree, Residuals: TensorTree>(
  _ function: @escaping (T) throws -> U, forward: @escaping (T) throws -> (U, Residuals),
  backward: @escaping (Residuals, U) throws -> T
) -> (T) throws -> U {
  { argument in
    let structure = treeMap(argument) { Tensor($0.type) }
    // Those of the last forward computation; they are those of every one.
    var structures: (residuals: Residuals, result: U)?
    return try customCall("customVJP", function, argument) {
      CustomVJPRule(
        forward: { primals in
          guard
            let pair = recovering({ try forward(treeReplacingLeaves(structure, primals)) })
          else { return ([], []) }
          structures = (treeMap(pair.1) { Tensor($0.type) }, treeMap(pair.0) { Tensor($0.type) })
          return (treeLeaves(pair.0), treeLeaves(pair.1))
        },
        backward: { residuals, cotangents in
          guard let structures,
            let result = recovering({
              try backward(
                treeReplacingLeaves(structures.residuals, residuals),
                treeReplacingLeaves(structures.result, cotangents))
            })
          else { return treeLeaves(structure).map { .placeholder($0.type) } }
          return checkedLeaves("customVJP", "cotangent", result, like: structure)
        })
    }
  }
}

private func customCall<T: TensorTree, U: TensorTree>(
  _ name: String, _ function: (T) throws -> U, _ argument: T, _ rule: () -> CustomRule
) throws -> U {
  try withErrors {
    let leaves = treeLeaves(argument)
    var template: U?
    let recorded = try Graph.record(name: name, leaves.map(\.type)) { inputs in
      let result = try function(treeReplacingLeaves(argument, inputs))
      template = treeMap(result) { Tensor($0.type) }
      return treeLeaves(result)
    }
    try checkErrors()
    guard let template else { throw TensorError(name, .other("the function was not called")) }
    let (body, captures) = recorded.hoistingCapturesFirst()
    let call = CustomRulePrimitive(
      body: Subgraph(body), rule: rule(), captureCount: captures.count)
    return treeReplacingLeaves(template, bind(call, captures + leaves))
  }
}

/// The result of `body`; records the error that it throws and gives nil.
private func recovering<R>(_ body: () throws -> R) -> R? {
  do {
    return try body()
  } catch {
    record(error)
    return nil
  }
}
