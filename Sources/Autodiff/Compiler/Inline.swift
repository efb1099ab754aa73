extension Graph {
  /// The same computation with graphs in the places of the primitives that stand for them.
  func inlined() -> Graph {
    guard equations.contains(where: { $0.operation is any InlinedPrimitive }) else { return self }
    var result = self
    result.equations = []
    var replacement: [Int: Atom] = [:]
    func resolved(_ atom: Atom) -> Atom {
      if case .variable(let variable) = atom { replacement[variable] ?? atom } else { atom }
    }
    for equation in equations {
      let inputs = equation.inputs.map(resolved)
      guard let call = equation.operation as? any InlinedPrimitive else {
        result.equations.append(
          Equation(operation: equation.operation, inputs: inputs, outputs: equation.outputs))
        continue
      }
      let results = result.append(call.body.graph.inlined(), inputs)
      for (variable, output) in zip(equation.outputs, results) { replacement[variable] = output }
    }
    result.outputs = outputs.map(resolved)
    return result
  }

  /// Appends the equations of another graph, done on `inputs`; returns what its results are here.
  mutating func append(_ other: Graph, _ inputs: [Atom]) -> [Atom] {
    var names: [Int: Atom] = Dictionary(uniqueKeysWithValues: zip(other.inputs, inputs))
    func renamed(_ atom: Atom) -> Atom {
      if case .variable(let variable) = atom { names[variable] ?? atom } else { atom }
    }
    for equation in other.equations {
      let outputs = equation.outputs.map { addVariable(other.types[$0]) }
      equations.append(
        Equation(
          operation: equation.operation, inputs: equation.inputs.map(renamed), outputs: outputs))
      for (old, new) in zip(equation.outputs, outputs) { names[old] = .variable(new) }
    }
    return other.outputs.map(renamed)
  }

  /// Appends one operation; returns its first result.
  mutating func append(_ operation: any Primitive, _ inputs: [Atom], _ type: ShapeDtype) -> Atom {
    let variable = addVariable(type)
    equations.append(Equation(operation: operation, inputs: inputs, outputs: [variable]))
    return .variable(variable)
  }
}
