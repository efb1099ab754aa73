extension Graph {
  /// The same computation with less moved for the sake of slices: sums of padded parts are
  /// concatenations, and what is only cut into slices is computed slice by slice.
  func rearrangingSlices() -> Graph {
    joiningPaddedSums().pushingSlices().verified(after: "rearranging slices")
  }

  /// The same computation with slices taken of the operands of elementwise operations, where nothing
  /// else of the results is read.
  ///
  /// The gates of a recurrent cell are slices of a sum: slices of its terms are views, and the sums
  /// then belong to the loops that read them.
  private func pushingSlices() -> Graph {
    guard equations.contains(where: { $0.operation is Slice }) else { return self }
    var pushing = SlicePushing(self)
    pushing.run()
    return pushing.graph
  }
}

private struct SlicePushing {
  private(set) var graph: Graph
  /// For each equation of the graph, those that now stand in its place, in order.
  private var places: [[Equation]]
  /// The places of the slices of each variable.
  private var slices: [Int: [Int]] = [:]
  /// How often each variable is read.
  private var reads: [Int: Int] = [:]

  init(_ graph: Graph) {
    self.graph = graph
    places = graph.equations.map { [$0] }
    for (place, equation) in graph.equations.enumerated() { note(equation, place) }
    for case .variable(let variable) in graph.outputs { reads[variable, default: 0] += 1 }
  }

  private mutating func note(_ equation: Equation, _ place: Int) {
    for case .variable(let variable) in equation.inputs {
      reads[variable, default: 0] += 1
      if equation.operation is Slice { slices[variable, default: []].append(place) }
    }
  }

  /// Goes from the results back, so that slices pass a whole chain of operations.
  mutating func run() {
    for place in graph.equations.indices.reversed() { push(place) }
    graph.equations = places.flatMap { $0 }
  }

  private mutating func push(_ place: Int) {
    let equation = graph.equations[place]
    guard equation.outputs.count == 1, let readers = slices[equation.outputs[0]],
      reads[equation.outputs[0]] == readers.count, isElementwise(equation)
    else { return }
    let whole = equation.outputs[0]
    let shape = graph.types[whole].shape
    func isSlice(_ equation: Equation) -> Bool {
      if case .variable(whole)? = equation.inputs.first { true } else { false }
    }
    let taken = Set(readers).flatMap { places[$0] }.filter(isSlice)
    // No more elements than before.
    guard
      taken.reduce(0, { $0 + graph.types[$1.outputs[0]].elementCount }) <= shape.elementCount,
      equation.inputs.allSatisfy({ graph.type(of: $0).shape == shape })
    else { return }
    for case .variable(let variable) in equation.inputs { reads[variable, default: 0] -= 1 }
    places[place] = []
    for reader in Set(readers).sorted() {
      places[reader] = places[reader].flatMap { slice -> [Equation] in
        guard isSlice(slice) else { return [slice] }
        let result = graph.types[slice.outputs[0]].shape
        let slices = equation.inputs.map { atom in
          Equation(
            operation: slice.operation, inputs: [atom],
            outputs: [graph.addVariable(graph.type(of: atom).with(shape: result))])
        }
        for slice in slices { note(slice, reader) }
        let operation = Equation(
          operation: equation.operation, inputs: slices.map { .variable($0.outputs[0]) },
          outputs: slice.outputs)
        return slices + [operation]
      }
    }
  }

  private func isElementwise(_ equation: Equation) -> Bool {
    switch equation.operation.loopKernel(equation.inputs.map(graph.type(of:))) {
    case nil, .reduce: false
    default: true
    }
  }
}
