/// An operand of an equation or a result of a graph.
package enum Atom: Sendable {
  /// A variable of the graph, by number.
  case variable(Int)
  /// A value that was known when the graph was recorded.
  case constant(Tensor)
}

/// One operation of a graph: `outputs = operation(inputs)`.
package struct Equation: Sendable {
  package let operation: any Primitive
  package let inputs: [Atom]
  /// The variables that it defines.
  package let outputs: [Int]
}

/// A recorded computation: equations in an order in which they can be done.
///
/// Every variable is defined once, as an input or by one equation, before it is used.
package struct Graph: Sendable {
  package internal(set) var inputs: [Int] = []
  package internal(set) var equations: [Equation] = []
  package internal(set) var outputs: [Atom] = []
  /// The type of each variable, by number.
  package private(set) var types: [ShapeDtype] = []

  package mutating func addVariable(_ type: ShapeDtype) -> Int {
    types.append(type)
    return types.count - 1
  }

  package func type(of atom: Atom) -> ShapeDtype {
    switch atom {
    case .variable(let variable): types[variable]
    case .constant(let tensor): tensor.type
    }
  }

  /// The types of the results.
  package var outputTypes: [ShapeDtype] { outputs.map(type(of:)) }
}

extension Graph {
  /// Does the recorded operations on arguments, which may themselves be traced.
  package func evaluate(_ arguments: [Tensor]) -> [Tensor] {
    var values = [Tensor?](repeating: nil, count: types.count)
    func read(_ atom: Atom) -> Tensor {
      switch atom {
      case .constant(let tensor): tensor
      case .variable(let variable): values[variable] ?? .placeholder(types[variable])
      }
    }
    for (variable, argument) in zip(inputs, arguments) { values[variable] = argument }
    for equation in equations {
      let results = bind(equation.operation, equation.inputs.map(read))
      for (variable, result) in zip(equation.outputs, results) { values[variable] = result }
    }
    return outputs.map(read)
  }

  /// Records `body` on inputs of these types.
  package static func record(
    name: String, _ types: [ShapeDtype], _ body: ([Tensor]) throws -> [Tensor]
  ) rethrows -> Graph {
    let trace = StagingTrace(name: name)
    let inputs = types.map(trace.input)
    // JAX records in a body what is done there with tensors of outside alone, too.
    guard Counting.isOn else { return trace.finish(try body(inputs)) }
    return try AmbientTrace.with(trace) { trace.finish(try body(inputs)) }
  }
}
