/// Calls a function of a module and arguments, and gives its value and its derivative along tangents.
///
///     let (y, tangent) = jvp(dense, x, tangents: (dx), variableTangents: ["params": dp]) { $0($1) }
///
/// Collections without a tangent have tangent 0; no tangents of variables that the function writes
/// come back. `variables` and `rngs` are the collections and streams that are passed on. Mirrors
/// `flax.linen.jvp`.
public func jvp<T: LiftTarget, each A: TensorTree, R: TensorTree>(
  _ target: T, _ arguments: repeat each A, tangents: (repeat each A),
  variableTangents: Variables = [:], variables: CollectionFilter = true,
  rngs: CollectionFilter = true, body: (T, repeat each A) -> R
) -> (value: R, tangent: R) {
  let scopes = LiftedScopes(target)
  scopes.expectSingle("jvp")
  let directions = Variables(
    variableTangents.filter { !$0.value.isEmpty }.map { ($0.key, $0.value) })
  let pack = Pack(
    scopes, name: "jvp", in: [CollectionFilter(directions.keys), variables], out: [variables],
    rngs: [rngs])
  let list = ArgumentList(repeat each arguments)
  let point = LiftPoint(variables: pack.variables[0], arguments: list)
  let direction = LiftPoint(
    variables: [directions], arguments: ArgumentList(repeat each tangents))
  var template: R?
  return pack.recovering {
    let (found, expected) = (
      LiftPart.parts("tangent", direction.arguments), LiftPart.parts("tangent", list)
    )
    if let (new, old) = LiftPart.differing(found, expected) {
      throw pack.error(.tangent(name: new.name, found: new.type, expected: old.type))
    }
    let (output, tangent) = try jvp(
      { (point: LiftPoint<ArgumentList<repeat each A>>) in
        let (result, written) = pack.run(
          [point.variables, pack.variables[1]], pack.rngs
        ) { scopes in
          var scopes = scopes[...]
          return body(target.moved(to: &scopes), repeat each point.arguments.values)
        }
        template = result
        return LiftOutput(result: result, variables: written)
      }, point, direction)
    pack.publish(output.variables)
    return (output.result, tangent.result)
  } _: {
    let value =
      template
      ?? pack.run(pack.variables, pack.rngs) { scopes in
        var scopes = scopes[...]
        return body(target.moved(to: &scopes), repeat each arguments)
      }.result
    return (placeholders(value), placeholders(value))
  }
}

/// Where a derivative is taken: variables and arguments.
private struct LiftPoint<A: TensorTree>: TensorTree {
  var variables: [Variables]
  var arguments: A

  mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit(.field("variables"), &variables)
    visitor.visit(.field("argument"), &arguments)
  }
}
