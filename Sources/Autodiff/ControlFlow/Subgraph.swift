import Synchronization

/// A graph as the parameter of a primitive: a loop's body, a branch.
///
/// Equal only to itself, so that comparing equations costs nothing; compiled when it is first run.
package final class Subgraph: Hashable, Sendable {
  package let graph: Graph
  private let compiled = Mutex<Program?>(nil)

  package init(_ graph: Graph) { self.graph = graph.verified(after: "making a subgraph") }

  /// The types of the inputs.
  var inputTypes: [ShapeDtype] { graph.inputs.map { graph.types[$0] } }

  /// The graph's program, compiled when it is first needed.
  var program: Program {
    compiled.withLock { program in
      if let program { return program }
      let new = Compiler.compile(graph)
      program = new
      return new
    }
  }

  /// Runs the graph on arrays.
  func run(_ arguments: [NDArray]) -> [NDArray] { program.run(arguments) }

  /// Does the computation: by its program where all values are known, else by its operations.
  package func callAsFunction(_ arguments: [Tensor]) -> [Tensor] {
    let arrays = arguments.compactMap { argument -> NDArray? in
      if case .array(let array) = argument.storage { array } else { nil }
    }
    if arrays.count == arguments.count { return run(arrays).map { Tensor($0) } }
    return graph.evaluate(arguments)
  }

  package static func == (a: Subgraph, b: Subgraph) -> Bool { a === b }

  package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

extension Graph {
  /// The same computation with the tensors of outer transforms that it uses as inputs of their own,
  /// behind the others.
  ///
  /// A body may use whatever it captures: what is being traced outside must be an operand of the
  /// primitive for that trace to see it, and what is concrete may stay a constant.
  func hoistingCaptures() -> (graph: Graph, captures: [Tensor]) {
    var result = self
    var captures: [Tensor] = []
    var variables: [ObjectIdentifier: Int] = [:]
    func hoisted(_ atom: Atom) -> Atom {
      guard case .constant(let tensor) = atom, case .tracer(let tracer) = tensor.storage else {
        return atom
      }
      if let variable = variables[ObjectIdentifier(tracer)] { return .variable(variable) }
      let variable = result.addVariable(tracer.type)
      result.inputs.append(variable)
      variables[ObjectIdentifier(tracer)] = variable
      captures.append(tensor)
      return .variable(variable)
    }
    result.equations = equations.map {
      Equation(operation: $0.operation, inputs: $0.inputs.map(hoisted), outputs: $0.outputs)
    }
    result.outputs = outputs.map(hoisted)
    return (result, captures)
  }

  /// As above, with the captures before the other inputs.
  func hoistingCapturesFirst() -> (graph: Graph, captures: [Tensor]) {
    var (graph, captures) = hoistingCaptures()
    let own = graph.inputs.count - captures.count
    graph.inputs = Array(graph.inputs[own...]) + graph.inputs[..<own]
    return (graph, captures)
  }

  /// The forward derivative: inputs and the tangents of those in `varying` to the results and the
  /// tangents of all that are floating-point and in `wanted`.
  func forwardDerivative(_ varying: [Bool], wanted: [Bool]) -> Graph {
    let inputTypes = inputs.map { types[$0] }
    let tangentTypes = zip(inputTypes, varying).filter(\.1).map(\.0)
    return Graph.record(name: "jvp", inputTypes + tangentTypes) { all in
      let trace = JVPTrace(name: "jvp")
      var tangents = all[inputTypes.count...]
      let duals = zip(all, varying).map { primal, varies in
        trace.join(primal, varies ? tangents.popFirst() : nil)
      }
      let results = evaluate(duals).map(trace.split)
      let wantedTangents = zip(results, wanted).filter(\.1).map { result, _ in
        result.tangent ?? zeros(like: result.primal)
      }
      return results.map(\.primal) + wantedTangents
    }
  }

  /// The graph for a batch: inputs in `batched` have the members as axis 0, and so have all results.
  func batchedGraph(_ batched: [Bool], size: Int) -> Graph {
    let inputTypes = zip(inputs, batched).map { variable, isBatched in
      let type = types[variable]
      return isBatched ? type.with(shape: type.shape.inserting(size, at: 0)) : type
    }
    return Graph.record(name: "vmap", inputTypes) { arguments in
      let trace = BatchTrace(size: size, axisName: NamedAxes.ruleName)
      let members = zip(arguments, batched).map { trace.join($0, $1 ? 0 : nil) }
      return NamedAxes.with(trace) { evaluate(members) }.map { result in
        let (stacked, axis) = trace.split(result)
        guard let axis else { return insertAxis(stacked, at: 0, size: size) }
        return moveAxis(stacked, from: axis, to: 0)
      }
    }
  }

  /// The arithmetic of one evaluation.
  package var cost: Cost {
    equations.reduce(Cost()) { total, equation in
      total
        + equation.operation.cost(
          equation.inputs.map(type(of:)), equation.outputs.map { types[$0] })
    }
  }
}
