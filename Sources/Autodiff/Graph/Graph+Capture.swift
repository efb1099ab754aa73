extension Graph {
  /// Records what `body` does with tensors that have no values or belong to running transforms.
  ///
  /// These, which it captures, are the inputs, in the order in which they are first used.
  package static func capturing<E: Error>(
    name: String, _ body: () throws(E) -> [Tensor]
  ) throws(E) -> Graph {
    let trace = StagingTrace(name: name)
    let outputs = try AmbientTrace.with(trace, body)
    var graph = trace.finish(outputs).hoistingCaptures().graph
    graph.removeUnused()
    return graph
  }

  /// The computation followed by its vector-Jacobian product, of which the results are the cotangents.
  package func withPullback(name: String) -> Graph {
    var graph = Graph.record(name: name, inputs.map { types[$0] }) { inputs in
      let linearization = Linearization(name: name, inputs) { evaluate($0) }
      return linearization.pullback(linearization.value)
    }
    graph.removeUnused()
    return graph
  }
}
