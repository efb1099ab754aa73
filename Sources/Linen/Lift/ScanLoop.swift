/// One use of a lifted scan: the values that it loops over, sorted by how.
final class ScanLoop<C: TensorTree, A: TensorTree, Y: TensorTree> {
  private let scan: Scan
  private let pack: Pack
  private let initial: C
  private let arguments: A
  private let body: ([Scope], C, A) -> (C, Y)
  private let inAxes: [Int?]
  private let outAxes: [Int?]
  private let given: AxesRole
  private let wanted: AxesRole
  /// The structure of the outputs of a step, once it is known.
  private(set) var template: Y?

  init(
    scan: Scan, pack: Pack, initial: C, arguments: A, body: @escaping ([Scope], C, A) -> (C, Y)
  ) {
    self.scan = scan
    self.pack = pack
    self.initial = initial
    self.arguments = arguments
    self.body = body
    inAxes = scan.variableAxes.inputs.map(\.axis)
    outAxes = scan.variableAxes.outputs.map(\.axis)
    given = AxesRole(name: "inAxes", pack: pack)
    wanted = AxesRole(name: "outAxes", pack: pack)
  }

  /// What is passed from step to step.
  private struct Carry: TensorTree {
    var value: C
    var variables: [Variables]

    mutating func visitTensors(_ visitor: inout TensorVisitor) {
      value.visitTensors(&visitor)
      visitor.visit(.field("variables"), &variables)
    }

    var parts: [LiftPart] {
      LiftPart.parts("carry", value) + LiftPart.parts(variables: variables)
    }
  }

  /// What a step is given besides the carry, or gives.
  private struct Slices {
    var arguments: A
    var variables: [[Variables]]
    var rngs: [[RNGStreams]]
  }

  func run() throws -> (C, Y) {
    if inAxes.contains(nil) || outAxes.contains(nil) { throw pack.error(.axisMissing) }
    scan.inAxes.checkCount(of: arguments, given)
    let ofArguments = mappedInputs(arguments, "argument", scan.inAxes, given)
    let variables = Array(pack.variables[2...]).removingAxes(inAxes, scan.metadataParams)
    let ofVariables = zip(variables, inAxes).flatMap { mappedInputs(variables: $0, $1) }
    let length = try pack.commonSize(ofArguments + ofVariables, given: scan.length)
    let whole = Slices(
      arguments: arguments, variables: variables, rngs: scan.splitRNGs.split(pack.rngs, length))
    let inputs = sliced(whole, ofArguments)
    let carry = Carry(value: initial, variables: pack.variables[1])
    var broadcast = pack.variables[0]
    var constants: [Tensor?] = []
    if scan.checkConstancyInvariants {
      (broadcast, constants) = try invariants(carry, inputs, whole)
    } else if scan.outAxes.containsBroadcast {
      throw pack.error(.sharedOutputUnchecked)
    }
    var written: [[Variables]] = []
    let (last, outputs) = try Autodiff.scan(
      carry, inputs, length: length, reverse: scan.reverse, unroll: scan.unroll
    ) { carry, slices in
      let (next, output, out) = step(broadcast, carry, slices.tensors, whole)
      try pack.checkCarry(carry.parts, next.parts)
      scan.outAxes.checkCount(of: output, wanted)
      template = output
      written = Array(out[2...])
      return (next, LeafList(stacked(output) + stacked(written)))
    }
    guard let template else { throw pack.error(.notCalled) }
    return publish(broadcast, last, outputs.tensors, constants, template, written)
  }

  // MARK: One step

  /// Runs the function on a carry and slices, and gives the next carry, the output, and all groups of
  /// variables.
  private func step(
    _ broadcast: [Variables], _ carry: Carry, _ slices: [Tensor], _ whole: Slices
  ) -> (next: Carry, output: Y, variables: [[Variables]]) {
    let given = filled(whole, slices)
    let ((value, output), out) = pack.run(
      [broadcast, carry.variables] + given.variables, given.rngs
    ) { body($0, carry.value, given.arguments) }
    // Carried collections that are not mutable stay what they are.
    return (Carry(value: value, variables: keeping(carry.variables, out[1])), output, out)
  }

  /// Collections with those of `old` that are not among them.
  private func keeping(_ old: [Variables], _ new: [Variables]) -> [Variables] {
    zip(old, new).map { $0.merging($1) }
  }

  private func paths(_ variables: Variables) -> [String] {
    variables.flattened().flatMap { path, value in
      treeLeavesWithPath(value).map { path.joined(separator: "/") + "\($0.path)" }
    }
  }

  // MARK: What the steps share

  /// Traces a step on a carry and slices without values: what is broadcast must have values then.
  private func invariants(
    _ carry: Carry, _ inputs: LeafList, _ whole: Slices
  ) throws -> (broadcast: [Variables], outputs: [Tensor?]) {
    let carries = treeLeaves(carry)
    let sliceTypes = inputs.tensors.map { $0.type.with(shape: $0.type.shape.removing([0])) }
    var made: [Variables] = []
    var paths: [String] = []
    var isConstant: [Bool] = []
    let graph = Graph.record(name: "scan", carries.map(\.type) + sliceTypes) { leaves in
      let carry = treeReplacingLeaves(carry, Array(leaves[..<carries.count]))
      let slices = Array(leaves[carries.count...])
      let (_, output, out) = step(pack.variables[0], carry, slices, whole)
      template = output
      made = out[0]
      let constants = treeLeavesWithPath(output).filter {
        let isBroadcast = scan.outAxes.axis(at: $0.path, wanted) == nil
        isConstant.append(isBroadcast)
        return isBroadcast
      }
      paths = made.flatMap(self.paths) + constants.map { "output\($0.path)" }
      return treeLeaves(made) + constants.map(\.leaf)
    }
    let values = try zip(graph.outputs, paths).map { atom, path in
      guard case .constant(let tensor) = atom else {
        throw pack.error(.dependsOnStep(name: path))
      }
      return tensor
    }
    var rest = values[...]
    let broadcast = keeping(pack.variables[0], rest.take(like: made))
    return (broadcast, isConstant.map { $0 ? rest.popFirst() : nil })
  }

  // MARK: Axes

  /// The tensors that have a slice for each step, with the steps as their first axis.
  private func sliced(_ whole: Slices, _ arguments: [MappedInput]) -> LeafList {
    var leaves = zip(treeLeavesWithPath(whole.arguments), arguments).compactMap { leaf, input in
      input.axis.map { (leaf.path, moveAxis(leaf.leaf, $0, to: 0)) }
    }
    for (group, axis) in zip(whole.variables, inAxes) {
      leaves += LeafList(group, "variables").leaves.map {
        ($0.path, moveAxis($0.tensor, axis ?? 0, to: 0))
      }
    }
    for (group, axis) in zip(whole.rngs, scan.splitRNGs.axes) where axis != nil {
      leaves += LeafList(group, "rngs").leaves
    }
    return LeafList(leaves)
  }

  /// The values for a step: slices where there are any, and else what all steps share.
  private func filled(_ whole: Slices, _ slices: [Tensor]) -> Slices {
    var rest = slices[...]
    var result = whole
    result.arguments = treeMapWithPath(whole.arguments) { path, leaf in
      scan.inAxes.axis(at: path, given) == nil ? leaf : rest.popFirst() ?? leaf
    }
    result.variables = rest.take(like: whole.variables)
    result.rngs = zip(whole.rngs, scan.splitRNGs.axes).map { group, axis in
      axis == nil ? group : rest.take(like: group)
    }
    return result
  }

  /// The outputs of a step that are stacked.
  private func stacked(_ output: Y) -> [(TreePath, Tensor)] {
    treeLeavesWithPath(output).filter { scan.outAxes.axis(at: $0.path, wanted) != nil }.map {
      ($0.path, $0.leaf)
    }
  }

  private func stacked(_ groups: [[Variables]]) -> [(TreePath, Tensor)] {
    groups.flatMap { LeafList($0, "variables").leaves }
  }

  // MARK: Results

  /// Writes the variables back, and gives the last carry and the outputs, all with their axes.
  private func publish(
    _ broadcast: [Variables], _ last: Carry, _ stacked: [Tensor], _ constants: [Tensor?],
    _ template: Y, _ written: [[Variables]]
  ) -> (C, Y) {
    var rest = stacked[...]
    var index = 0
    let outputs = treeMapWithPath(template) { path, leaf in
      defer { index += 1 }
      guard let axis = scan.outAxes.axis(at: path, wanted) else { return constants[index] ?? leaf }
      return rest.popFirst().map { moveAxis($0, 0, to: axis) } ?? leaf
    }
    let groups = zip(written, outAxes).map { group, axis in
      treeMap(group) { leaf in rest.popFirst().map { moveAxis($0, 0, to: axis ?? 0) } ?? leaf }
    }
    pack.publish(
      [broadcast, last.variables] + groups.addingAxes(outAxes, scan.metadataParams))
    return (last.value, outputs)
  }
}
