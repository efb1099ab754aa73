/// A primitive whose parameters are graphs.
protocol GraphPrimitive: Primitive {
  var subgraphs: [Subgraph] { get }
  /// The bytes that an evaluation carries from one run of a graph to the next.
  var carriedBytes: Int { get }
}

extension GraphPrimitive {
  var carriedBytes: Int { 0 }
}

/// A primitive that does one graph, on operands that are the graph's inputs.
protocol GraphCall: GraphPrimitive {
  var body: Subgraph { get }
}

extension GraphCall {
  var subgraphs: [Subgraph] { [body] }

  func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] { body.graph.outputTypes }

  func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] { body.run(inputs) }

  func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    let full = zip(cotangents, body.graph.outputTypes).map { $0 ?? .placeholder($1) }
    return body.graph.transpose(full, known: inputs.map(\.known))
  }

  func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost { body.graph.cost }

  /// A plain call: what sets a call apart concerns its derivative, which nothing without a value has.
  func knownPart(_ isKnown: [Bool]) -> KnownPart? {
    let (graph, outputs) = body.graph.knownPart(isKnown)
    guard outputs.contains(true) else { return nil }
    return KnownPart(
      taking: isKnown, giving: outputs,
      NamedCallPrimitive(label: Self.name, body: Subgraph(graph)))
  }
}

/// A call that the compiler replaces by its graph.
protocol InlinedPrimitive: GraphCall {}
