/// The derivative of a graph, in two parts that run at different times.
struct LinearizedGraph {
  /// The inputs to the results, followed by the residuals.
  var forward: Graph
  /// The residuals followed by the tangents of the inputs that vary, to the tangents of those results
  /// that vary.
  var linear: Graph
  var residualCount: Int
  let varyingOutputs: [Bool]

  /// The residuals, among the forward part's results.
  var residuals: ArraySlice<Atom> { forward.outputs.suffix(residualCount) }
}

extension Graph {
  /// The derivative with respect to the inputs in `varying`.
  func linearized(_ varying: [Bool]) -> LinearizedGraph {
    var linear = Graph()
    var residualCount = 0
    var varyingOutputs: [Bool] = []
    let forward = Graph.record(name: "linearize", inputs.map { types[$0] }) { primals in
      let tape = StagingTrace(name: "linearize", isTape: true)
      let trace = JVPTrace(name: "linearize")
      let duals = zip(primals, varying).map { primal, varies in
        varies ? trace.join(primal, tape.input(primal.type)) : primal
      }
      let results = evaluate(duals).map(trace.split)
      varyingOutputs = results.map { $0.tangent != nil }
      let (graph, residuals) = tape.finish(results.compactMap(\.tangent)).hoistingCapturesFirst()
      residualCount = residuals.count
      linear = graph
      return results.map(\.primal) + residuals
    }
    return LinearizedGraph(
      forward: forward, linear: linear, residualCount: residualCount,
      varyingOutputs: varyingOutputs)
  }
}

extension LinearizedGraph {
  /// The same with fewer bytes of residuals: those that follow from others by a few elementwise
  /// operations are computed anew by the linear part, as `y (1 - y)` is from `y`.
  ///
  /// Residuals for which `isFree` holds cost nothing.
  func keepingFewerResiduals(isFree: (Int) -> Bool) -> LinearizedGraph {
    let kept = fewerResiduals(isFree)
    var derivation = forward
    derivation.inputs = kept
    derivation.outputs = Array(residuals)
    derivation.equations.removeAll { kept.contains($0.outputs[0]) || !forward.isCheap($0) }
    derivation.removeUnused()
    guard !derivation.equations.isEmpty else { return self }
    var result = self
    result.forward.outputs =
      forward.outputs.dropLast(residualCount) + kept.map { .variable($0) }
    result.forward.removeUnused()
    result.residualCount = kept.count
    let tangentTypes = linear.inputs[residualCount...].map { linear.types[$0] }
    result.linear = Graph.record(name: "linearize", kept.map { forward.types[$0] } + tangentTypes) {
      linear.evaluate(derivation.evaluate(Array($0[..<kept.count])) + $0[kept.count...])
    }
    return result
  }

  /// The variables of the forward part that residuals can be derived from.
  private func fewerResiduals(_ isFree: (Int) -> Bool) -> [Int] {
    // What each variable is derived from that is not a value by itself.
    var sources: [Int: Set<Int>] = [:]
    for equation in forward.equations where forward.isCheap(equation) {
      sources[equation.outputs[0]] = equation.inputs.reduce(into: []) { result, atom in
        if case .variable(let operand) = atom { result.formUnion(sources[operand] ?? [operand]) }
      }
    }
    func bytes(_ variables: Set<Int>) -> Int {
      variables.reduce(0) { $0 + (isFree($1) ? 0 : forward.types[$1].byteCount) }
    }
    var kept = Set<Int>()
    for case .variable(let variable) in residuals { kept.insert(variable) }
    // The last ones first: what they are derived from may be derivable itself.
    for variable in kept.sorted(by: >) {
      guard let sources = sources[variable] else { continue }
      let others = kept.subtracting([variable])
      let added = sources.subtracting(others)
      if bytes(added) < bytes([variable]) { kept = others.union(added) }
    }
    return kept.sorted()
  }
}

extension Graph {
  /// Whether an equation costs little more than to read its result from memory.
  fileprivate func isCheap(_ equation: Equation) -> Bool {
    guard equation.outputs.count == 1, !equation.inputs.isEmpty else { return false }
    let types = equation.inputs.map(type(of:))
    if equation.operation.view(Layout(contiguous: types[0].shape)) != nil { return true }
    switch equation.operation.loopKernel(types) {
    case nil, .reduce: return false
    default:
      let results = equation.outputs.map { self.types[$0] }
      return equation.operation.cost(types, results).transcendentals == 0
    }
  }
}
