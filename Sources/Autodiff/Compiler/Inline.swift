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
      let body = call.body.graph.inlined()
      var names: [Int: Atom] = Dictionary(uniqueKeysWithValues: zip(body.inputs, inputs))
      func renamed(_ atom: Atom) -> Atom {
        if case .variable(let variable) = atom { names[variable] ?? atom } else { atom }
      }
      for inner in body.equations {
        let outputs = inner.outputs.map { result.addVariable(body.types[$0]) }
        result.equations.append(
          Equation(operation: inner.operation, inputs: inner.inputs.map(renamed), outputs: outputs))
        for (old, new) in zip(inner.outputs, outputs) { names[old] = .variable(new) }
      }
      for (variable, output) in zip(equation.outputs, body.outputs) {
        replacement[variable] = renamed(output)
      }
    }
    result.outputs = outputs.map(resolved)
    return result
  }
}
