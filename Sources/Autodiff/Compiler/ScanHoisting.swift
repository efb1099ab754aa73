extension Graph {
  /// The same computation with work moved out of the bodies of scans.
  ///
  /// What depends on constants alone is done once before the loop. Products of slices of the inputs
  /// with constants become one product over all steps, and so do, after the loop, products that are
  /// only outputs and sums over steps of products, as the gradient of a recurrent kernel is.
  func hoistingOutOfScans() -> Graph {
    guard equations.contains(where: { $0.operation is ScanPrimitive }) else { return self }
    var result = self
    result.equations = []
    var replacement: [Int: Atom] = [:]
    func resolved(_ atom: Atom) -> Atom {
      if case .variable(let variable) = atom { replacement[variable] ?? atom } else { atom }
    }
    for equation in equations {
      let inputs = equation.inputs.map(resolved)
      if let scan = equation.operation as? ScanPrimitive, scan.length > 1 {
        var hoisting = ScanHoisting(scan, inputs)
        let results = hoisting.emit(into: &result)
        for (variable, output) in zip(equation.outputs, results) { replacement[variable] = output }
      } else {
        result.equations.append(
          Equation(operation: equation.operation, inputs: inputs, outputs: equation.outputs))
      }
    }
    result.outputs = outputs.map(resolved)
    return result
  }
}

/// One scan that is being taken apart.
private struct ScanHoisting {
  /// What the value of a variable of the body depends on.
  private enum Dependence: Int {
    case constants
    case slices
    case carries
  }

  private let length: Int
  private let isReversed: Bool
  private var body: Graph
  /// The operands in three groups, of which the body takes constants, carries and slices.
  private var constants: [Atom]
  private var carries: [Atom]
  private var stacks: [Atom]
  private var dependence: [Int: Dependence] = [:]
  /// The equation that defines each variable, once the loop's beginning is settled.
  private var definitions: [Int: Equation] = [:]

  init(_ scan: ScanPrimitive, _ operands: [Atom]) {
    length = scan.length
    isReversed = scan.isReversed
    body = scan.body.graph.simplified().rearrangingSlices()
    constants = Array(operands[..<scan.constantCount])
    carries = Array(operands[scan.constantCount..<scan.constantCount + scan.carryCount])
    stacks = Array(operands[(scan.constantCount + scan.carryCount)...])
  }

  private var constantInputs: ArraySlice<Int> { body.inputs[..<constants.count] }
  private var carryInputs: ArraySlice<Int> {
    body.inputs[constants.count..<constants.count + carries.count]
  }
  private var sliceInputs: ArraySlice<Int> { body.inputs[(constants.count + carries.count)...] }

  private func stacked(_ type: ShapeDtype) -> ShapeDtype {
    type.with(shape: type.shape.inserting(length, at: 0))
  }

  /// Puts the loop and what has been moved out of it into the graph; returns the scan's results.
  mutating func emit(into graph: inout Graph) -> [Atom] {
    findDependence()
    hoistConstants(into: &graph)
    hoistProductsOfSlices(into: &graph)
    let late = sinkProducts()
    body.removeUnused()
    packMatrices(into: &graph)
    dropUnusedOperands()
    let scan = ScanPrimitive(
      body: Subgraph(body), length: length, isReversed: isReversed,
      constantCount: constants.count, carryCount: carries.count)
    let outputs = body.outputTypes.enumerated().map { index, type in
      graph.addVariable(index < carries.count ? type : stacked(type))
    }
    graph.equations.append(
      Equation(operation: scan, inputs: constants + carries + stacks, outputs: outputs))
    return late.map { $0(&graph, outputs.map { .variable($0) }) }
  }

  private mutating func findDependence() {
    for variable in constantInputs { dependence[variable] = .constants }
    for variable in carryInputs { dependence[variable] = .carries }
    for variable in sliceInputs { dependence[variable] = .slices }
    for equation in body.equations {
      let level = equation.inputs.map { self[$0].rawValue }.max() ?? 0
      for output in equation.outputs { dependence[output] = Dependence(rawValue: level) }
    }
  }

  private subscript(atom: Atom) -> Dependence {
    if case .variable(let variable) = atom { dependence[variable] ?? .carries } else { .constants }
  }

  // MARK: Before the loop

  /// Does before the loop what depends on constants alone; views stay, since they cost nothing.
  private mutating func hoistConstants(into graph: inout Graph) {
    let hoisted = body.equations.filter { equation in
      dependence[equation.outputs[0]] == .constants && !isView(equation)
        && equation.outputs.count == 1 && !equation.inputs.isEmpty
    }.map { $0.outputs[0] }
    guard !hoisted.isEmpty else { return }
    let results = graph.append(part(hoisted, inputs: Array(constantInputs)), constants)
    body.inputs.insert(contentsOf: hoisted, at: constants.count)
    constants += results
    removeDefinitions(of: hoisted)
  }

  /// Does products of slices with constants before the loop, for all steps at once.
  private mutating func hoistProductsOfSlices(into graph: inout Graph) {
    let hoisted = body.equations.filter { equation in
      guard equation.operation is DotGeneral else { return false }
      let levels = equation.inputs.map { self[$0] }
      return levels == [.slices, .constants] || levels == [.constants, .slices]
    }.map { $0.outputs[0] }
    guard !hoisted.isEmpty else { return }
    let inputs = Array(constantInputs) + Array(sliceInputs)
    let batched = inputs.indices.map { $0 >= constants.count }
    let products = part(hoisted, inputs: inputs).batchedGraph(batched, size: length)
    let results = graph.append(products.simplified(), constants + stacks)
    body.inputs += hoisted
    stacks += results
    for variable in hoisted { dependence[variable] = .slices }
    removeDefinitions(of: hoisted)
  }

  /// The part of the body that computes some variables from some inputs.
  private func part(_ outputs: [Int], inputs: [Int]) -> Graph {
    var part = body
    part.inputs = inputs
    part.outputs = outputs.map { .variable($0) }
    part.removeUnused()
    return part
  }

  private mutating func removeDefinitions(of variables: [Int]) {
    let removed = Set(variables)
    body.equations.removeAll { removed.contains($0.outputs[0]) }
  }

  private func isView(_ equation: Equation) -> Bool {
    equation.inputs.first.map {
      equation.operation.view(Layout(contiguous: body.type(of: $0).shape)) != nil
    } ?? false
  }

  /// Packs the matrices that every step multiplies by, once before the loop.
  private mutating func packMatrices(into graph: inout Graph) {
    let matrices = Dictionary(uniqueKeysWithValues: zip(constantInputs, constants))
    var packed: [PackMatrix: [Int: Int]] = [:]
    for (index, equation) in body.equations.enumerated() {
      guard let dot = equation.operation as? DotGeneral,
        case .variable(let matrix) = equation.inputs[1], let source = matrices[matrix],
        let isTransposed = dot.packsTransposed(
          body.type(of: equation.inputs[0]), body.types[matrix])
      else { continue }
      let pack = PackMatrix(isTransposed: isTransposed)
      let type = body.types[matrix]
      if packed[pack]?[matrix] == nil, let packedType = try? pack.infer([type])[0] {
        constants.append(graph.append(pack, [source], packedType))
        let variable = body.addVariable(packedType)
        body.inputs.insert(variable, at: constants.count - 1)
        packed[pack, default: [:]][matrix] = variable
      }
      guard let variable = packed[pack]?[matrix] else { continue }
      body.equations[index] = Equation(
        operation: PackedProduct(columns: pack.sizes(type).columns),
        inputs: [equation.inputs[0], .variable(variable)], outputs: equation.outputs)
    }
  }

  // MARK: After the loop

  /// What a result of the scan is, once the loop stands in the graph with these results.
  private typealias Late = (_ graph: inout Graph, _ results: [Atom]) -> Atom

  /// Moves products behind the loop, which then puts out their operands.
  private mutating func sinkProducts() -> [Late] {
    let carryCount = carries.count
    let uses = useCounts()
    for equation in body.equations where equation.outputs.count == 1 {
      definitions[equation.outputs[0]] = equation
    }
    // What replaces each result; nil if it stays a result of the loop.
    var sunk = [Sunk?](repeating: nil, count: body.outputs.count)
    // Products first: a sum follows if its operand is put out for a product.
    for index in body.outputs.indices {
      sunk[index] =
        index < carryCount
        ? sumOverSteps(index, uses, isProduct: true) : product(index, uses)
    }
    var streams = Set(sunk.compactMap { $0 }.flatMap(\.operands))
    for case .variable(let variable) in body.outputs[carryCount...] { streams.insert(variable) }
    for index in 0..<carryCount where sunk[index] == nil {
      sunk[index] = sumOverSteps(index, uses, isProduct: false)
        .flatMap { $0.operands.allSatisfy(streams.contains) ? $0 : nil }
    }
    return rearranged(sunk)
  }

  /// A result that is computed after the loop from values of all steps.
  private struct Sunk {
    /// The variables of the body that it needs of every step.
    let operands: [Int]
    /// The operation on the stacked operands, and its operands in order; nil is an operand.
    let operation: any Primitive
    let type: ShapeDtype
    let inputs: [Input]
    /// What is done to the sum: operations of one operand, with the types of their results.
    var chain: [(operation: any Primitive, type: ShapeDtype)] = []
    /// The value that the sum starts from; nil if the result is an output.
    var start: Atom?

    enum Input {
      case stream(Int)
      case constant(Atom)
    }
  }

  private func useCounts() -> [Int: Int] {
    var counts: [Int: Int] = [:]
    for atom in body.equations.flatMap(\.inputs) + body.outputs {
      if case .variable(let variable) = atom { counts[variable, default: 0] += 1 }
    }
    return counts
  }

  private func definition(of atom: Atom) -> Equation? {
    if case .variable(let variable) = atom { definitions[variable] } else { nil }
  }

  private func isUsedOnce(_ atom: Atom, _ uses: [Int: Int]) -> Bool {
    if case .variable(let variable) = atom { uses[variable] == 1 } else { false }
  }

  /// A carry that only gathers a sum: of products, or else of sums along axes.
  private func sumOverSteps(_ index: Int, _ uses: [Int: Int], isProduct: Bool) -> Sunk? {
    let carry = carryInputs[constants.count + index]
    guard isUsedOnce(body.outputs[index], uses), uses[carry] == 1,
      let addition = definition(of: body.outputs[index]), addition.operation is Add
    else { return nil }
    let terms = addition.inputs.filter {
      if case .variable(carry) = $0 { false } else { true }
    }
    guard terms.count == 1 else { return nil }
    guard isUsedOnce(terms[0], uses) else {
      // Read by others too: summed over the steps if it is put out anyway.
      guard !isProduct, case .variable(let term) = terms[0] else { return nil }
      return Sunk(
        operands: [term], operation: ReduceSum(axes: [0]), type: body.types[term],
        inputs: [.stream(term)], start: carries[index])
    }
    var chain: [(operation: any Primitive, type: ShapeDtype)] = []
    var term = terms[0]
    while let equation = definition(of: term), equation.operation is any Linear,
      equation.inputs.count == 1, !(equation.operation is ReduceSum),
      isUsedOnce(equation.inputs[0], uses)
    {
      chain.insert((equation.operation, body.type(of: term)), at: 0)
      term = equation.inputs[0]
    }
    guard let equation = definition(of: term) else { return nil }
    let type = body.type(of: term)
    if isProduct {
      guard let dot = equation.operation as? DotGeneral, var sunk = summed(dot, equation, type)
      else { return nil }
      (sunk.chain, sunk.start) = (chain, carries[index])
      return sunk
    }
    guard let sum = equation.operation as? ReduceSum,
      case .variable(let operand) = equation.inputs[0]
    else { return nil }
    return Sunk(
      operands: [operand], operation: ReduceSum(axes: [0] + sum.axes.map { $0 + 1 }), type: type,
      inputs: [.stream(operand)], chain: chain, start: carries[index])
  }

  /// The product over all steps of a product that is summed over them.
  private func summed(_ dot: DotGeneral, _ equation: Equation, _ type: ShapeDtype) -> Sunk? {
    guard case .variable(let lhs) = equation.inputs[0],
      case .variable(let rhs) = equation.inputs[1],
      dependence[lhs] != .constants, dependence[rhs] != .constants
    else { return nil }
    // Not if the operands of all steps took much more memory than the sum.
    let size = body.types[lhs].elementCount + body.types[rhs].elementCount
    guard size <= 2 * type.elementCount else { return nil }
    func shifted(_ axes: [Int]) -> [Int] { axes.map { $0 + 1 } }
    return Sunk(
      operands: [lhs, rhs],
      operation: DotGeneral(
        contracting: ([0] + shifted(dot.lhsContracting), [0] + shifted(dot.rhsContracting)),
        batch: (shifted(dot.lhsBatch), shifted(dot.rhsBatch))),
      type: type, inputs: [.stream(lhs), .stream(rhs)])
  }

  /// An output that is the product of a value and a constant.
  private func product(_ index: Int, _ uses: [Int: Int]) -> Sunk? {
    guard isUsedOnce(body.outputs[index], uses), let equation = definition(of: body.outputs[index]),
      let dot = equation.operation as? DotGeneral, dot.lhsBatch.isEmpty,
      self[equation.inputs[0]] == .carries, self[equation.inputs[1]] == .constants,
      case .variable(let lhs) = equation.inputs[0],
      body.types[lhs].elementCount <= 2 * body.type(of: body.outputs[index]).elementCount,
      isInput(equation.inputs[1])
    else { return nil }
    return Sunk(
      operands: [lhs],
      operation: DotGeneral(
        contracting: (dot.lhsContracting.map { $0 + 1 }, dot.rhsContracting)),
      type: stacked(body.type(of: body.outputs[index])),
      inputs: [.stream(lhs), .constant(equation.inputs[1])])
  }

  private func isInput(_ atom: Atom) -> Bool {
    if case .variable(let variable) = atom { constantInputs.contains(variable) } else { true }
  }

  /// Changes the results of the loop to those that stay and the operands of those that left it.
  private mutating func rearranged(_ sunk: [Sunk?]) -> [Late] {
    let carryCount = carries.count
    var outputs: [Atom] = []
    // The place of each of the body's former results among the new ones.
    var places: [Int: Int] = [:]
    for index in body.outputs.indices where sunk[index] == nil {
      places[index] = outputs.count
      outputs.append(body.outputs[index])
    }
    // Where the values of all steps are: an operand of the scan, or an output.
    var streams: [Int: (stack: Atom?, place: Int)] = [:]
    for (input, stack) in zip(sliceInputs, stacks) { streams[input] = (stack, 0) }
    for index in body.outputs.indices where index >= carryCount && sunk[index] == nil {
      if case .variable(let variable) = body.outputs[index], streams[variable] == nil {
        streams[variable] = (nil, places[index] ?? 0)
      }
    }
    for operand in sunk.compactMap({ $0 }).flatMap(\.operands) where streams[operand] == nil {
      streams[operand] = (nil, outputs.count)
      outputs.append(.variable(operand))
    }
    let inputs = Dictionary(uniqueKeysWithValues: zip(constantInputs, constants))
    let kept = (0..<carryCount).filter { sunk[$0] == nil }
    body.inputs =
      Array(constantInputs) + kept.map { carryInputs[constants.count + $0] } + sliceInputs
    carries = kept.map { carries[$0] }
    body.outputs = outputs
    return sunk.enumerated().map { index, sunk in
      guard let sunk else {
        let place = places[index] ?? 0
        return { _, results in results[place] }
      }
      return { graph, results in
        let operands = sunk.inputs.map { input -> Atom in
          switch input {
          case .stream(let variable):
            let stream = streams[variable] ?? (nil, 0)
            return stream.stack ?? results[stream.place]
          case .constant(.variable(let variable)): return inputs[variable] ?? .variable(variable)
          case .constant(let atom): return atom
          }
        }
        var value = graph.append(sunk.operation, operands, sunk.type)
        for (operation, type) in sunk.chain { value = graph.append(operation, [value], type) }
        guard let start = sunk.start else { return value }
        return graph.append(Add(), [start, value], graph.type(of: value))
      }
    }
  }

  /// Drops constants and slices that the body no longer reads.
  private mutating func dropUnusedOperands() {
    let uses = useCounts()
    let keptConstants = constants.indices.filter { uses[body.inputs[$0]] != nil }
    let firstSlice = constants.count + carries.count
    let keptStacks = stacks.indices.filter { uses[body.inputs[firstSlice + $0]] != nil }
    body.inputs =
      keptConstants.map { body.inputs[$0] } + carryInputs
      + keptStacks.map { body.inputs[firstSlice + $0] }
    constants = keptConstants.map { constants[$0] }
    stacks = keptStacks.map { stacks[$0] }
  }
}
