/// Calls a function of a module and arguments whose vector-Jacobian product is given.
///
///     let y = customVJP(dense, x) { dense, x in
///       dense(x)
///     } forward: { dense, x in
///       vjp(dense, x) { $0($1) }
///     } backward: { pullback, cotangent in
///       let (ofVariables, ofX) = pullback(cotangent)
///       return (treeMap(ofVariables) { sign($0) }, ofX)
///     }
///
/// Without a derivative `body` is called. For one, `forward` is called in its place, which gives the
/// result and what `backward` needs; `backward` takes that and the result's cotangent, and gives
/// those of the variables in `gradVariables` and of each argument. It has no module: what it needs of
/// variables must be among the residuals. Other variables, and what the functions capture, are not
/// differentiated. Mirrors `flax.linen.custom_vjp`.
public func customVJP<
  T: LiftTarget, each A: TensorTree, R: TensorTree, Residuals: TensorTree
>(
  _ target: T, _ arguments: repeat each A, gradVariables: CollectionFilter = "params",
  body: @escaping (T, repeat each A) -> R,
  forward: @escaping (T, repeat each A) -> (R, Residuals),
  backward: @escaping (Residuals, R) -> (variables: Variables, arguments: (repeat each A))
) -> R {
  let scopes = LiftedScopes(target)
  scopes.expectSingle("customVJP")
  let pack = Pack(
    scopes, name: "custom_vjp", in: [gradVariables, true], out: [gradVariables, true],
    rngs: [true])
  let input = LiftInput(pack, ArgumentList(repeat each arguments))
  // Both functions draw the same keys, whether one of them runs or both.
  let counts = scopes.scopes.map(\.counters.state)
  // Not the tensors: those of the transform in whose graph the rule stands would keep it alive.
  let zeros = placeholders(input)
  var template: R?
  return pack.recovering {
    let function = Autodiff.customVJP(
      { (input: LiftInput<ArgumentList<repeat each A>>) in
        let output = pack.run(input) { scopes, list in
          var scopes = scopes[...]
          return body(target.moved(to: &scopes), repeat each list.values)
        }
        template = output.result
        return output
      },
      forward: { input in
        for (scope, state) in zip(scopes.scopes, counts) { scope.counters.state = state }
        var residuals: Residuals?
        let output = pack.run(input) { scopes, list in
          var scopes = scopes[...]
          let (value, kept) = forward(target.moved(to: &scopes), repeat each list.values)
          residuals = kept
          return value
        }
        guard let residuals else {
          throw pack.error(.notCalled)
        }
        return (output, residuals)
      },
      backward: { residuals, cotangent in
        let cotangents = backward(residuals, cotangent.result)
        var result = zeros
        result.variables[0] = [cotangents.variables]
        result.arguments = ArgumentList(repeat each cotangents.arguments)
        return result
      })
    let output = try function(input)
    pack.publish(output.variables)
    return output.result
  } _: {
    template.map(placeholders)
      ?? pack.run(input) { scopes, list in
        var scopes = scopes[...]
        return body(target.moved(to: &scopes), repeat each list.values)
      }.result
  }
}
