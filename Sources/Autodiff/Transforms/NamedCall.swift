/// Gives a function that shows in graphs as one operation with a name.
///
/// Where it is traced by `jit`, the graph has a call that holds its operations, as printed by `lower`
/// before simplification; the compiler puts them in its place. Otherwise it is called as it is. Mirrors
/// `jax.named_call`.
public func namedCall<T: TensorTree, U: TensorTree>(
  name: String, _ function: @escaping (T) throws -> U
) -> (T) throws -> U {
  { argument in
    let leaves = treeLeaves(argument)
    guard topTrace(leaves) is StagingTrace else { return try function(argument) }
    var template: U?
    let recorded = try Graph.record(name: name, leaves.map(\.type)) { inputs in
      let result = try function(treeReplacingLeaves(argument, inputs))
      template = treeMap(result) { Tensor($0.type) }
      return treeLeaves(result)
    }
    guard let template else {
      throw TensorError("namedCall", .other("the function was not called"))
    }
    let (body, captures) = recorded.hoistingCapturesFirst()
    let results = bind(NamedCallPrimitive(label: name, body: Subgraph(body)), captures + leaves)
    return treeReplacingLeaves(template, results)
  }
}

/// Gives a function of two arguments that shows in graphs as one operation with a name.
public func namedCall<A: TensorTree, B: TensorTree, U: TensorTree>(
  name: String, _ function: @escaping (A, B) throws -> U
) -> (A, B) throws -> U {
  let call = namedCall(name: name) { (arguments: TreePair<A, B>) in
    try function(arguments.parts.0, arguments.parts.1)
  }
  return { try call(TreePair($0, $1)) }
}

/// A graph with a name.
///
/// Semantics of a `pjit` that is inlined.
struct NamedCallPrimitive: InlinedPrimitive {
  static let name = "named_call"

  let label: String
  let body: Subgraph

  func jvp(_ primals: [Tensor], _ tangents: [Tensor?]) -> (primals: [Tensor], tangents: [Tensor?]) {
    let trace = JVPTrace(name: "jvp")
    let results = body.graph.evaluate(zip(primals, tangents).map(trace.join)).map(trace.split)
    return (results.map(\.primal), results.map(\.tangent))
  }

  func batch(_ inputs: [Tensor], _ axes: [Int?], size: Int) -> (outputs: [Tensor], axes: [Int?]) {
    let operands = zip(inputs, axes).map { input, axis in
      axis.map { moveAxis(input, from: $0, to: 0) } ?? input
    }
    let graph = body.graph.batchedGraph(axes.map { $0 != nil }, size: size)
    let results = bind(NamedCallPrimitive(label: label, body: Subgraph(graph)), operands)
    return (results, results.map { _ in 0 })
  }
}
