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
    return try customCall("customJVP", function, argument) { template in
      CustomJVPRule { primals, tangents in
        let results = recovering {
          try rule(
            treeReplacingLeaves(structure, primals), treeReplacingLeaves(structure, tangents))
        }
        guard let (value, tangent) = results else { return ([], []) }
        template.value = treeMap(value) { Tensor($0.type) }
        return (treeLeaves(value), checkedLeaves("customJVP", "tangent", tangent, like: value))
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
    let kept = Template<Residuals>()
    return try customCall("customVJP", function, argument) { template in
      CustomVJPRule(
        forward: { primals in
          guard
            let (value, residuals) = recovering({
              try forward(treeReplacingLeaves(structure, primals))
            })
          else { return ([], []) }
          kept.value = treeMap(residuals) { Tensor($0.type) }
          template.value = treeMap(value) { Tensor($0.type) }
          return (treeLeaves(value), treeLeaves(residuals))
        },
        backward: { residuals, cotangents in
          guard let ofResiduals = kept.value, let ofResult = template.value,
            let result = recovering({
              try backward(
                treeReplacingLeaves(ofResiduals, residuals),
                treeReplacingLeaves(ofResult, cotangents))
            })
          else { return treeLeaves(structure).map { .placeholder($0.type) } }
          return checkedLeaves("customVJP", "cotangent", result, like: structure)
        })
    }
  }
}

/// The structure of a tree, whose tensors are types alone; shared by the functions of a rule.
private final class Template<Tree: TensorTree> {
  var value: Tree?
}

/// Calls a function that has a rule: as it is where nothing can differentiate it, by the rule where a
/// derivative is being taken, so that values stay visible; else recorded with the rule beside it.
private func customCall<T: TensorTree, U: TensorTree>(
  _ name: String, _ function: (T) throws -> U, _ argument: T,
  _ makeRule: (Template<U>) -> CustomRule
) throws -> U {
  let leaves = treeLeaves(argument)
  let template = Template<U>()
  switch topTrace(leaves) {
  case nil:
    let result = try function(argument)
    return try checkingCaptures(name, result) { $0 is JVPTrace }
  case let trace as JVPTrace:
    return try withErrors {
      let parts = leaves.map(trace.split)
      let results = makeRule(template).jvp(
        parts.map(\.primal), parts.map { $0.tangent ?? zeros(like: $0.primal) })
      try checkErrors()
      guard let structure = template.value else {
        throw TensorError(name, .other("the rule was not called"))
      }
      // A value of the very trace whose tangents the rule has been given is one that it captures.
      let value = treeReplacingLeaves(structure, results.primals)
      _ = try checkingCaptures(name, value) { $0 === trace }
      return treeReplacingLeaves(
        structure, zip(results.primals, results.tangents).map(trace.join))
    }
  default:
    return try withErrors { try recordedCall(name, function, argument, makeRule(template)) }
  }
}

private func recordedCall<T: TensorTree, U: TensorTree>(
  _ name: String, _ function: (T) throws -> U, _ argument: T, _ rule: CustomRule
) throws -> U {
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
  let call = CustomRulePrimitive(body: Subgraph(body), rule: rule, captureCount: captures.count)
  return treeReplacingLeaves(template, bind(call, captures + leaves))
}

/// The result, if none of its tensors belongs to a trace that would differentiate what was captured.
private func checkingCaptures<U: TensorTree>(
  _ name: String, _ result: U, _ differentiates: (any Trace) -> Bool
) throws -> U {
  for leaf in treeLeaves(result) {
    if let trace = topTrace([leaf]), differentiates(trace) {
      throw TensorError.differentiatedCapture(name, [.init("result", leaf.type)])
    }
  }
  return result
}

extension TensorError {
  /// The error of differentiating a function that has a rule by what it captures.
  static func differentiatedCapture(_ name: String, _ operands: [Operand]) -> TensorError {
    TensorError(
      name, .other("the function is differentiated by a tensor that it captures"), operands,
      hint: "pass it as an argument, so that the rule can say what its derivative is")
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
