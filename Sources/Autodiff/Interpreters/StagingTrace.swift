/// Records operations into a graph instead of doing them.
///
/// An operation none of whose inputs is being traced is done at once, and becomes a constant.
final class StagingTrace: Trace, @unchecked Sendable {
  let level = TraceLevel.next()
  let name: String
  let showsValues = false
  /// Confined to the thread that traces, until it is finished and no longer changes.
  private(set) var graph = Graph()
  private(set) var isOpen = true
  /// Whether tangents are recorded, to be run backwards.
  let isTape: Bool

  init(name: String, isTape: Bool = false) {
    self.name = name
    self.isTape = isTape
  }

  /// Adds an input of the graph.
  func input(_ type: ShapeDtype) -> Tensor {
    let variable = graph.addVariable(type)
    graph.inputs.append(variable)
    return Tensor(Tracer(self, type, index: variable))
  }

  func process(
    _ operation: any Primitive, _ inputs: [Tensor], _ outputs: [ShapeDtype]
  ) -> [Tensor] {
    guard isOpen else { return escaped(operation, inputs, outputs) }
    let variables = outputs.map { graph.addVariable($0) }
    graph.equations.append(
      Equation(operation: operation, inputs: inputs.map(atom), outputs: variables))
    return zip(outputs, variables).map { Tensor(Tracer(self, $0, index: $1)) }
  }

  /// What an equation names a tensor by: a variable of this graph, or a constant.
  func atom(_ tensor: Tensor) -> Atom {
    if case .tracer(let tracer) = tensor.storage, tracer.trace === self {
      return .variable(tracer.index)
    }
    return .constant(tensor)
  }

  /// Ends the recording; from here on, using one of its tensors is an error.
  func finish(_ outputs: [Tensor]) -> Graph {
    graph.outputs = outputs.map(atom)
    isOpen = false
    return graph.verified(after: "tracing")
  }
}
