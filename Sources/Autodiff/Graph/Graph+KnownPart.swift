extension Graph {
  /// The computation of those results among the wanted ones that depend on known inputs alone.
  ///
  /// The known inputs are the graph's; `outputs` says which results it gives. All are wanted unless
  /// `wanted` says otherwise. Operations that hold graphs contribute their own known parts.
  func knownPart(_ isKnown: [Bool], wanted: [Bool]? = nil) -> (graph: Graph, outputs: [Bool]) {
    var part = self
    part.inputs = zip(inputs, isKnown).filter(\.1).map(\.0)
    var known = Set(part.inputs)
    func has(_ atom: Atom) -> Bool {
      if case .variable(let variable) = atom { known.contains(variable) } else { true }
    }
    part.equations = equations.compactMap { equation in
      let operands = equation.inputs.map(has)
      if operands.allSatisfy({ $0 }) {
        known.formUnion(equation.outputs)
        return equation
      }
      guard let rest = equation.operation.knownPart(operands) else { return nil }
      let results = zip(equation.outputs, rest.isKnown).filter(\.1).map(\.0)
      known.formUnion(results)
      return Equation(
        operation: rest.operation, inputs: zip(equation.inputs, rest.takes).filter(\.1).map(\.0),
        outputs: results)
    }
    let given = zip(outputs, wanted ?? outputs.map { _ in true }).map { has($0) && $1 }
    part.outputs = zip(outputs, given).filter(\.1).map(\.0)
    part.removeUnused()
    return (part, given)
  }
}
