extension Graph {
  /// Runs the graph backwards: the cotangents of the inputs, given those of the results.
  ///
  /// The graph must be linear in its inputs, as a recorded jvp is in its tangents. A nil cotangent
  /// is zero. Cost: one transpose rule for each equation that a nonzero cotangent reaches.
  package func transpose(_ cotangents: [Tensor?]) -> [Tensor?] {
    var sums = [Tensor?](repeating: nil, count: types.count)
    func accumulate(_ atom: Atom, _ cotangent: Tensor?) {
      guard case .variable(let variable) = atom, let cotangent else { return }
      sums[variable] = sumOfTangents(sums[variable], cotangent)
    }
    for (output, cotangent) in zip(outputs, cotangents) { accumulate(output, cotangent) }
    for equation in equations.reversed() {
      var isReached = false
      let results = equation.outputs.map { variable in
        let sum = sums[variable]
        sums[variable] = nil
        isReached = isReached || sum != nil
        return sum
      }
      guard isReached else { continue }
      let inputs = equation.inputs.map { atom -> LinearInput in
        switch atom {
        case .constant(let tensor): .known(tensor)
        case .variable(let variable): .linear(types[variable])
        }
      }
      let contributions = equation.operation.transpose(results, inputs)
      for (atom, contribution) in zip(equation.inputs, contributions) {
        accumulate(atom, contribution)
      }
    }
    return inputs.map { sums[$0] }
  }
}

extension Graph {
  /// As above, for a graph that is linear in those inputs that have no value in `known`.
  ///
  /// The equations of known values are done first; the rest is recorded and run backwards.
  package func transpose(_ cotangents: [Tensor?], known: [Tensor?]) -> [Tensor?] {
    let tape = StagingTrace(name: "transpose")
    let arguments = zip(inputs, known).map { variable, value in
      value ?? tape.input(types[variable])
    }
    let linear = tape.finish(evaluate(arguments))
    var results = linear.transpose(cotangents)[...]
    return known.map { $0 == nil ? results.popFirst() ?? nil : nil }
  }
}
