/// A loop over the leading axis of its inputs, with a carry: the primitive behind `scan`.
///
/// Operands: constants, then carries, then stacked inputs. Results: final carries, then stacked
/// outputs. The body takes constants, carries and one slice of each input, and gives carries and one
/// slice of each output. Semantics of `jax.lax.scan`.
struct ScanPrimitive: GraphPrimitive {
  static let name = "scan"

  let body: Subgraph
  let length: Int
  let isReversed: Bool
  let constantCount: Int
  let carryCount: Int

  var subgraphs: [Subgraph] { [body] }

  var carriedBytes: Int {
    body.graph.outputTypes[..<carryCount].reduce(0) { $0 + $1.byteCount }
  }

  private func split<T>(_ list: [T]) -> (constants: [T], carries: [T], inputs: [T]) {
    (
      Array(list[..<constantCount]), Array(list[constantCount..<constantCount + carryCount]),
      Array(list[(constantCount + carryCount)...])
    )
  }

  private func stacked(_ type: ShapeDtype) -> ShapeDtype {
    type.with(shape: type.shape.inserting(length, at: 0))
  }

  func infer(_ inputs: [ShapeDtype]) throws(TensorError) -> [ShapeDtype] {
    let outputs = body.graph.outputTypes
    return outputs[..<carryCount] + outputs[carryCount...].map(stacked)
  }

  func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] {
    let arguments = inputs.map { $0.contiguous() }
    let (constants, initial, stackedInputs) = split(arguments)
    let stacks = outputs[carryCount...].map { NDArray(uninitialized: $0) }
    // Carries go to and fro between two arrays each, of which one is the result at the end.
    var (current, spare) = (initial, outputs[..<carryCount].map { NDArray(uninitialized: $0) })
    defer { withExtendedLifetime((arguments, current, spare)) {} }
    let loop = ProgramLoop(body.program, argumentCount: inputs.count)
    for (place, constant) in constants.enumerated() { loop.arguments[place] = constant.data }
    let firstInput = constantCount + carryCount
    let homes = homesOfCarries
    for case let home? in homes { loop.leaveOut(carryCount + home) }
    func slice(_ stack: NDArray, _ step: Int) -> UnsafeMutableRawPointer {
      let index = isReversed ? length - 1 - step : step
      return stack.data + index * (stack.byteCount / length)
    }
    for step in 0..<length {
      for (place, home) in homes.enumerated() {
        loop.arguments[constantCount + place] = current[place].data
        loop.results[place] = spare[place].data
        guard let home else { continue }
        let here = slice(stacks[home], step)
        if step == 0 { current[place].copy(into: here) }
        loop.arguments[constantCount + place] = here
        if step + 1 < length { loop.results[place] = slice(stacks[home], step + 1) }
      }
      for (place, stack) in stackedInputs.enumerated() {
        loop.arguments[firstInput + place] = slice(stack, step)
      }
      for (place, stack) in stacks.enumerated() {
        loop.results[carryCount + place] = slice(stack, step)
      }
      loop.run()
      swap(&current, &spare)
      if step == 0 { spare = outputs[..<carryCount].map { NDArray(uninitialized: $0) } }
    }
    return current + stacks
  }

  /// For each carry the stacked output that is its value before each step, if there is one: the carry
  /// then lives there, and need not be copied.
  private var homesOfCarries: [Int?] {
    let graph = body.graph
    return graph.inputs[constantCount..<constantCount + carryCount].map { carry in
      graph.outputs[carryCount...].firstIndex {
        if case .variable(carry) = $0 { true } else { false }
      }.map { $0 - carryCount }
    }
  }

  func jvp(_ primals: [Tensor], _ tangents: [Tensor?]) -> (primals: [Tensor], tangents: [Tensor?]) {
    // Every floating-point carry may vary after one step.
    var varying = tangents.map { $0 != nil }
    for index in constantCount..<constantCount + carryCount {
      varying[index] = primals[index].dtype.isInexact
    }
    let given = zip(zip(primals, tangents), varying).filter(\.1).map { pair, _ in
      pair.1 ?? zeros(like: pair.0)
    }
    return isRecorded(tangents)
      ? linearizedJVP(primals, given, varying) : forwardJVP(primals, given, varying)
  }

  /// One loop over values and tangents.
  private func forwardJVP(
    _ primals: [Tensor], _ given: [Tensor], _ varying: [Bool]
  ) -> (primals: [Tensor], tangents: [Tensor?]) {
    let types = body.graph.outputTypes
    let wanted = types.map(\.dtype.isInexact)
    let graph = body.graph.forwardDerivative(varying, wanted: wanted)
    let (constantVarying, carryVarying, inputVarying) = split(varying)
    let counts = [constantVarying, carryVarying, inputVarying].map { $0.count { $0 } }
    // From (constants, carries, inputs, their tangents) to each kind with its tangents.
    let total = primals.count
    let tangentStart = [0, counts[0], counts[0] + counts[1]]
    func group(_ range: Range<Int>, _ kind: Int) -> [Int] {
      Array(range) + (0..<counts[kind]).map { total + tangentStart[kind] + $0 }
    }
    let order =
      group(0..<constantCount, 0) + group(constantCount..<constantCount + carryCount, 1)
      + group(constantCount + carryCount..<total, 2)
    var reordered = graph
    reordered.inputs = order.map { graph.inputs[$0] }
    let outputs = graph.outputs
    let carryWanted = wanted[..<carryCount].count { $0 }
    reordered.outputs =
      Array(outputs[..<carryCount]) + outputs[types.count..<types.count + carryWanted]
      + outputs[carryCount..<types.count] + outputs[(types.count + carryWanted)...]
    let all = primals + given
    let scan = ScanPrimitive(
      body: Subgraph(reordered), length: length, isReversed: isReversed,
      constantCount: constantCount + counts[0], carryCount: carryCount + carryWanted)
    let results = bind(scan, order.map { all[$0] })
    let outputCount = types.count - carryCount
    let firstOutput = carryCount + carryWanted
    var carryTangents = results[carryCount..<firstOutput]
    var outputTangents = results[(firstOutput + outputCount)...]
    let tangents: [Tensor?] = wanted.enumerated().map { index, isWanted in
      guard isWanted else { return nil }
      return index < carryCount ? carryTangents.popFirst() : outputTangents.popFirst()
    }
    return (
      Array(results[..<carryCount]) + results[firstOutput..<firstOutput + outputCount], tangents
    )
  }

  /// Two loops: one over values that stacks what the derivative needs, and a linear one over
  /// tangents, which can be run backwards.
  private func linearizedJVP(
    _ primals: [Tensor], _ given: [Tensor], _ varying: [Bool]
  ) -> (primals: [Tensor], tangents: [Tensor?]) {
    let types = body.graph.outputTypes
    let whole = body.graph.linearized(varying)
    // Residuals that are the body's own constants or inputs need not be stacked.
    let own = split(whole.forward.inputs)
    let unstacked = Set(own.constants + own.inputs)
    // Counts of operations are of what JAX keeps.
    let parts =
      Counting.isOn ? whole : whole.keepingFewerResiduals(isFree: unstacked.contains)
    let forwardGraph = parts.forward
    let residualAtoms = Array(parts.residuals)
    var constantResiduals: [(residual: Int, operand: Int)] = []
    var inputResiduals: [(residual: Int, operand: Int)] = []
    var stackedResiduals: [Int] = []
    for (residual, atom) in residualAtoms.enumerated() {
      var position: Int?
      if case .variable(let variable) = atom {
        position = forwardGraph.inputs.firstIndex(of: variable)
      }
      if let position, position < constantCount {
        constantResiduals.append((residual, position))
      } else if let position, position >= constantCount + carryCount {
        inputResiduals.append((residual, position))
      } else {
        stackedResiduals.append(residual)
      }
    }
    var forward = forwardGraph
    forward.outputs =
      Array(forwardGraph.outputs[..<types.count]) + stackedResiduals.map { residualAtoms[$0] }
    let results = bind(
      ScanPrimitive(
        body: Subgraph(forward), length: length, isReversed: isReversed,
        constantCount: constantCount, carryCount: carryCount), primals)
    let stacks = Array(results[types.count...])

    // The linear body: constants (residuals, tangents), carries, inputs (residuals, tangents).
    let linear = parts.linear
    let (constantVarying, carryVarying, inputVarying) = split(varying)
    let counts = [constantVarying, carryVarying, inputVarying].map { $0.count { $0 } }
    let residualInputs = Array(linear.inputs[..<parts.residualCount])
    let tangentInputs = Array(linear.inputs[parts.residualCount...])
    let constantTangents = tangentInputs[..<counts[0]]
    let carryTangents = tangentInputs[counts[0]..<counts[0] + counts[1]]
    let inputTangents = tangentInputs[(counts[0] + counts[1])...]
    var linearBody = linear
    linearBody.inputs =
      constantResiduals.map { residualInputs[$0.residual] } + constantTangents + carryTangents
      + inputResiduals.map { residualInputs[$0.residual] }
      + stackedResiduals.map { residualInputs[$0] } + inputTangents
    // Every varying carry must come out, also one whose tangent the body drops.
    var tangentAtoms = linear.outputs[...]
    let atoms: [Atom?] = parts.varyingOutputs.map { $0 ? tangentAtoms.popFirst() : nil }
    let carryAtoms = zip(atoms[..<carryCount], carryVarying).enumerated().compactMap {
      index, pair -> Atom? in
      pair.1 ? pair.0 ?? .constant(.placeholder(types[index])) : nil
    }
    linearBody.outputs = carryAtoms + atoms[carryCount...].compactMap { $0 }
    let operands =
      constantResiduals.map { primals[$0.operand] } + given[..<(counts[0] + counts[1])]
      + inputResiduals.map { primals[$0.operand] } + stacks + given[(counts[0] + counts[1])...]
    let tangentResults = bind(
      ScanPrimitive(
        body: Subgraph(linearBody), length: length, isReversed: isReversed,
        constantCount: constantResiduals.count + counts[0], carryCount: counts[1]), operands)
    var carryResults = tangentResults[..<counts[1]]
    var outputResults = tangentResults[counts[1]...]
    let tangents: [Tensor?] = types.indices.map { index in
      if index < carryCount { return carryVarying[index] ? carryResults.popFirst() : nil }
      return atoms[index] == nil ? nil : outputResults.popFirst()
    }
    return (Array(results[..<types.count]), tangents)
  }

  func transpose(_ cotangents: [Tensor?], _ inputs: [LinearInput]) -> [Tensor?] {
    let (constants, carries, slices) = split(inputs)
    // A loop that is linear at all is so in every carry, also in one that starts at a known zero.
    let linearConstants = constants.filter(\.isLinear)
    let knownConstants = constants.compactMap(\.known)
    let knownSlices = slices.compactMap(\.known)
    let outputs = body.graph.outputTypes
    let full = zip(cotangents, outputs.enumerated()).map { cotangent, output in
      cotangent
        ?? .placeholder(output.offset < carryCount ? output.element : stacked(output.element))
    }
    // The body turned round. It takes the known constants; as carries, the cotangents of the
    // carries and the sums of those of the constants; and slices of the known inputs and of the
    // cotangents of the outputs. It gives the carries and the cotangents of the inputs' slices.
    let graph = body.graph
    let sliceTypes = inputTypesOfSlices(slices)
    let bodyTypes =
      knownConstants.map(\.type) + carries.map(\.type) + linearConstants.map(\.type)
      + zip(slices, sliceTypes).filter { !$0.0.isLinear }.map(\.1) + outputs[carryCount...]
    let turned = Graph.record(name: "transpose", bodyTypes) { arguments in
      var arguments = arguments[...]
      func take(_ count: Int) -> [Tensor] {
        defer { arguments = arguments.dropFirst(count) }
        return Array(arguments.prefix(count))
      }
      var known = take(knownConstants.count)[...]
      let carryCotangents = take(carryCount)
      let sums = take(linearConstants.count)
      var knownSlices = take(knownSlices.count)[...]
      let outputCotangents = Array(arguments)
      let values =
        constants.map { $0.isLinear ? nil : known.popFirst() } + carries.map { _ in nil }
        + slices.map { $0.isLinear ? nil : knownSlices.popFirst() }
      let result = graph.transpose(carryCotangents + outputCotangents, known: values)
      let (ofConstants, ofCarries, ofSlices) = split(result)
      let newSums = zip(sums, zip(ofConstants, constants).filter { $0.1.isLinear }.map(\.0)).map {
        sumOfTangents($0, $1) ?? $0
      }
      let carries = zip(ofCarries, carries).map { $0 ?? .placeholder($1.type) }
      let outputs = zip(zip(ofSlices, slices), sliceTypes).filter { $0.0.1.isLinear }.map {
        $0.0.0 ?? .placeholder($0.1)
      }
      return carries + newSums + outputs
    }
    let (closed, captures) = turned.hoistingCapturesFirst()
    let results = bind(
      ScanPrimitive(
        body: Subgraph(closed), length: length, isReversed: !isReversed,
        constantCount: captures.count + knownConstants.count,
        carryCount: carryCount + linearConstants.count),
      captures + knownConstants + full[..<carryCount]
        + linearConstants.map { Tensor.placeholder($0.type) } + knownSlices + full[carryCount...])
    var ofCarries = results[..<carryCount]
    var ofConstants = results[carryCount..<carryCount + linearConstants.count]
    var ofSlices = results[(carryCount + linearConstants.count)...]
    return constants.map { $0.isLinear ? ofConstants.popFirst() : nil }
      + carries.map { carry in
        let cotangent = ofCarries.popFirst()
        return carry.isLinear ? cotangent : nil
      }
      + slices.map { $0.isLinear ? ofSlices.popFirst() : nil }
  }

  private func inputTypesOfSlices(_ slices: [LinearInput]) -> [ShapeDtype] {
    slices.map { $0.type.with(shape: $0.type.shape.removing([0])) }
  }

  func batch(_ inputs: [Tensor], _ axes: [Int?], size: Int) -> (outputs: [Tensor], axes: [Int?]) {
    // All carries become batched: one that starts equal for all members may differ after a step.
    var batched = axes.map { $0 != nil }
    for index in constantCount..<constantCount + carryCount { batched[index] = true }
    let operands = inputs.enumerated().map { index, input -> Tensor in
      // A slice of an input has its members first, so the stack has them second.
      let target = index >= constantCount + carryCount ? 1 : 0
      guard batched[index] else { return input }
      guard let axis = axes[index] else { return insertAxis(input, at: target, size: size) }
      return moveAxis(input, from: axis, to: target)
    }
    let scan = ScanPrimitive(
      body: Subgraph(body.graph.batchedGraph(batched, size: size)), length: length,
      isReversed: isReversed, constantCount: constantCount, carryCount: carryCount)
    let results = bind(scan, operands)
    return (results, results.indices.map { $0 < carryCount ? 0 : 1 })
  }

  /// The carries that are known at first and after every step, and the outputs that depend on them
  /// and other known operands alone.
  func knownPart(_ isKnown: [Bool]) -> KnownPart? {
    let firstInput = constantCount + carryCount
    let outputCount = body.graph.outputs.count - carryCount
    var known = isKnown
    while true {
      let carries = Array(known[constantCount..<firstInput])
      let (graph, outputs) = body.graph.knownPart(
        known, wanted: carries + Array(repeating: true, count: outputCount))
      guard carries == Array(outputs[..<carryCount]) else {
        known.replaceSubrange(constantCount..<firstInput, with: outputs[..<carryCount])
        continue
      }
      guard outputs.contains(true) else { return nil }
      return KnownPart(
        taking: known, giving: outputs,
        ScanPrimitive(
          body: Subgraph(graph), length: length, isReversed: isReversed,
          constantCount: known[..<constantCount].count { $0 }, carryCount: carries.count { $0 }))
    }
  }

  /// The body's, once, as XLA counts a loop, and that of counting the steps: a comparison and an
  /// addition, and two subtractions to count from the end.
  func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost {
    body.graph.cost + Cost(flops: isReversed ? 4 : 2)
  }
}

extension LinearInput {
  /// The value, if it is known.
  var known: Tensor? {
    if case .known(let tensor) = self { tensor } else { nil }
  }
}

/// Whether tangents are being recorded to be run backwards, as reverse mode does.
func isRecorded(_ tangents: [Tensor?]) -> Bool {
  tangents.contains { tangent in
    guard case .tracer(let tracer)? = tangent?.storage else { return false }
    return (tracer.trace as? StagingTrace)?.isTape ?? false
  }
}
