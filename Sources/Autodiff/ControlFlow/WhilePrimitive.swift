/// A loop until a condition fails: the primitive behind `whileLoop`.
///
/// Operands: constants of the condition, constants of the body, carries. Semantics of
/// `jax.lax.while_loop`; it can't be run backwards, as its number of steps is not known.
struct WhilePrimitive: GraphPrimitive {
  static let name = "while"

  let condition: Subgraph
  let body: Subgraph
  let conditionConstantCount: Int
  let bodyConstantCount: Int

  var subgraphs: [Subgraph] { [condition, body] }

  var carriedBytes: Int { body.graph.outputTypes.reduce(0) { $0 + $1.byteCount } }

  private func split<T>(_ list: [T]) -> (condition: [T], body: [T], carries: [T]) {
    (
      Array(list[..<conditionConstantCount]),
      Array(list[conditionConstantCount..<conditionConstantCount + bodyConstantCount]),
      Array(list[(conditionConstantCount + bodyConstantCount)...])
    )
  }

  func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] { body.graph.outputTypes }

  func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] {
    let (ofCondition, ofBody, initial) = split(inputs)
    var carries = initial
    func goesOn() -> Bool {
      let result = condition.run(ofCondition + carries)[0]
      return withExtendedLifetime(result) { result.pointer(as: Bool.self).pointee }
    }
    while goesOn() { carries = body.run(ofBody + carries) }
    return carries
  }

  func jvp(_ primals: [Tensor], _ tangents: [Tensor?]) -> (primals: [Tensor], tangents: [Tensor?]) {
    if isRecorded(tangents) {
      record(
        TensorError(
          "whileLoop", .ruleMissing(rule: "transpose"),
          hint: "reverse mode must know the number of steps: use scan, or foriLoop with Int bounds")
      )
      return (primals.suffix(body.graph.outputs.count), body.graph.outputs.map { _ in nil })
    }
    let (ofCondition, ofBody, carries) = split(primals)
    let (_, bodyTangents, carryTangents) = split(tangents)
    let varies = carries.map(\.dtype.isInexact)
    let graph = body.graph.forwardDerivative(
      bodyTangents.map { $0 != nil } + varies, wanted: varies)
    // From (constants, carries, their tangents) to (constants, their tangents, carries, theirs).
    let constantCount = ofBody.count
    let givenConstants = bodyTangents.compactMap { $0 }
    let givenCarries = zip(zip(carries, carryTangents), varies).filter(\.1).map { pair, _ in
      pair.1 ?? zeros(like: pair.0)
    }
    let firstTangent = constantCount + carries.count
    var reordered = graph
    reordered.inputs =
      Array(graph.inputs[..<constantCount])
      + graph.inputs[firstTangent..<firstTangent + givenConstants.count]
      + graph.inputs[constantCount..<firstTangent]
      + graph.inputs[(firstTangent + givenConstants.count)...]
    // The condition does not look at tangents.
    let conditionGraph = condition.graph.ignoring(givenCarries.map(\.type))
    let results = bind(
      WhilePrimitive(
        condition: Subgraph(conditionGraph), body: Subgraph(reordered),
        conditionConstantCount: conditionConstantCount,
        bodyConstantCount: constantCount + givenConstants.count),
      ofCondition + ofBody + givenConstants + carries + givenCarries)
    var resultTangents = results[carries.count...]
    return (
      Array(results[..<carries.count]), varies.map { $0 ? resultTangents.popFirst() : nil }
    )
  }

  func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    notLinear(inputs)
  }

  func batch(_ inputs: [Tensor], _ axes: [Int?], size: Int) -> (outputs: [Tensor], axes: [Int?]) {
    var batched = axes.map { $0 != nil }
    let firstCarry = conditionConstantCount + bodyConstantCount
    for index in firstCarry..<batched.count { batched[index] = true }
    let operands = inputs.enumerated().map { index, input -> Tensor in
      guard batched[index] else { return input }
      guard let axis = axes[index] else { return insertAxis(input, at: 0, size: size) }
      return moveAxis(input, from: axis, to: 0)
    }
    let (ofCondition, ofBody, carries) = split(batched)
    let conditions = condition.graph.batchedGraph(ofCondition + carries, size: size)
    let bodies = body.graph.batchedGraph(ofBody + carries, size: size)
    // Goes on while any member does; those that are done keep their carries.
    let conditionCount = conditionConstantCount
    let anyGraph = Graph.record(name: "vmap", conditions.inputs.map { conditions.types[$0] }) {
      [bind(ReduceOr(axes: [0]), conditions.evaluate($0)[0])]
    }
    let bodyTypes = bodies.inputs.map { bodies.types[$0] }
    let conditionTypes = conditions.inputs.prefix(conditionCount).map { conditions.types[$0] }
    let bodyCount = bodyConstantCount
    let masked = Graph.record(name: "vmap", conditionTypes + bodyTypes) { arguments in
      let ofCondition = Array(arguments[..<conditionCount])
      let old = Array(arguments[(conditionCount + bodyCount)...])
      let goesOn = conditions.evaluate(ofCondition + old)[0]
      let new = bodies.evaluate(Array(arguments[conditionCount...]))
      return zip(new, old).map { new, old in
        Select()(bind(BroadcastInDim(old.shape, axes: [0]), goesOn), new, old)
      }
    }
    let loop = WhilePrimitive(
      condition: Subgraph(anyGraph), body: Subgraph(masked),
      conditionConstantCount: conditionCount, bodyConstantCount: conditionCount + bodyCount)
    let constants = Array(operands[..<conditionCount])
    let results = bind(loop, constants + constants + operands[conditionCount...])
    return (results, results.map { _ in 0 })
  }

  /// The carries that are known at first and after every step, if the condition looks at no others.
  func knownPart(_ isKnown: [Bool]) -> KnownPart? {
    var (ofCondition, ofBody, carries) = split(isKnown)
    while true {
      let (graph, outputs) = body.graph.knownPart(ofBody + carries, wanted: carries)
      guard outputs == carries else {
        carries = outputs
        continue
      }
      let (test, isDecided) = condition.graph.knownPart(ofCondition + carries)
      guard isDecided[0], carries.contains(true) else { return nil }
      return KnownPart(
        taking: ofCondition + ofBody + carries, giving: carries,
        WhilePrimitive(
          condition: Subgraph(test), body: Subgraph(graph),
          conditionConstantCount: ofCondition.count { $0 }, bodyConstantCount: ofBody.count { $0 }))
    }
  }

  /// The condition's and the body's, once, as XLA counts a loop.
  func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost {
    condition.graph.cost + body.graph.cost
  }
}

extension Graph {
  /// The same computation with more inputs, which it does not look at.
  func ignoring(_ types: [ShapeDtype]) -> Graph {
    var result = self
    result.inputs += types.map { result.addVariable($0) }
    return result
  }
}
