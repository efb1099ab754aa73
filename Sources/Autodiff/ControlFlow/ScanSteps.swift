/// The steps of a scan, done one by one or in groups.
struct ScanSteps {
  /// One step: constants, carries and one slice of each input, to carries and one slice of each output.
  let step: Graph
  let constants: [Tensor]
  let carryCount: Int
  let isReversed: Bool

  /// The results of all steps: final carries, then stacked outputs.
  ///
  /// A loop of `segments` parts keeps the carries between them for reverse mode and computes what is
  /// inside anew; `unroll` steps at a time are written out in the loop's body.
  func run(
    _ carries: [Tensor], _ inputs: [Tensor], length: Int, unroll: Int, segments: Int?
  ) -> [Tensor] {
    if let segments, segments > 1, length > segments {
      let size = length / segments
      let part = graph(of: size) { constants, carries, inputs in
        ScanSteps(
          step: step, constants: constants, carryCount: carryCount, isReversed: isReversed
        ).run(carries, inputs, length: size, unroll: unroll, segments: nil)
      }
      let group = Graph.record(name: "scan", part.inputs.map { part.types[$0] }) {
        bind(CheckpointPrimitive(body: Subgraph(part), policy: .nothing), $0)
      }
      return run(carries, inputs, length: length, group: group, size: size)
    }
    guard unroll > 1, length > 1 else { return loop(step, carries, inputs, length) }
    let size = min(unroll, length)
    let group = graph(of: size) { constants, carries, inputs in
      written(size, constants, carries, inputs)
    }
    return run(carries, inputs, length: length, group: group, size: size)
  }

  private func loop(
    _ body: Graph, _ carries: [Tensor], _ inputs: [Tensor], _ length: Int
  ) -> [Tensor] {
    bind(
      ScanPrimitive(
        body: Subgraph(body), length: length, isReversed: isReversed,
        constantCount: constants.count, carryCount: carryCount), constants + carries + inputs)
  }

  /// A graph of several steps, which takes and gives stacks of as many slices.
  private func graph(
    of size: Int, _ body: ([Tensor], [Tensor], [Tensor]) -> [Tensor]
  ) -> Graph {
    let types = step.inputs.map { step.types[$0] }
    let own = constants.count + carryCount
    let stacked = types[own...].map { $0.with(shape: $0.shape.inserting(size, at: 0)) }
    return Graph.record(name: "scan", types[..<own] + stacked) { all in
      body(
        Array(all[..<constants.count]), Array(all[constants.count..<own]), Array(all[own...]))
    }
  }

  /// Steps one after the other, without a loop.
  private func written(
    _ size: Int, _ constants: [Tensor], _ carries: [Tensor], _ inputs: [Tensor]
  ) -> [Tensor] {
    let slices = inputs.map { unstack($0) }
    var carries = carries
    var outputs: [[Tensor]] = []
    for place in 0..<size {
      let index = isReversed ? size - 1 - place : place
      let results = step.evaluate(constants + carries + slices.map { $0[index] })
      carries = Array(results[..<carryCount])
      outputs.append(Array(results[carryCount...]))
    }
    if isReversed { outputs.reverse() }
    let count = step.outputs.count - carryCount
    return carries + (0..<count).map { output in stack(outputs.map { $0[output] }) }
  }

  /// A loop over groups of `size` steps, and one over the steps that are left at the end.
  private func run(
    _ carries: [Tensor], _ inputs: [Tensor], length: Int, group: Graph, size: Int
  ) -> [Tensor] {
    let count = length / size
    let rest = length % size
    func groups(_ carries: [Tensor]) -> [Tensor] {
      let head = inputs.map { $0.sliced(along: 0, 0..<count * size) }
      if count == 1 { return group.evaluate(constants + carries + head) }
      let stacks = head.map { input in
        input.reshaped(to: Shape([count, size] + input.shape.dimensions.dropFirst()))
      }
      let results = loop(group, carries, stacks, count)
      return results[..<carryCount]
        + results[carryCount...].map { output in
          output.reshaped(to: Shape([count * size] + output.shape.dimensions.dropFirst(2)))
        }
    }
    guard rest > 0 else { return groups(carries) }
    func tail(_ carries: [Tensor]) -> [Tensor] {
      loop(step, carries, inputs.map { $0.sliced(along: 0, count * size..<length) }, rest)
    }
    let first = isReversed ? tail(carries) : groups(carries)
    let between = Array(first[..<carryCount])
    let second = isReversed ? groups(between) : tail(between)
    let (head, end) = isReversed ? (second, first) : (first, second)
    return second[..<carryCount]
      + zip(head, end).dropFirst(carryCount).map { concatenate([$0, $1]) }
  }
}
