/// One use of a lifted scan: the values that it loops over, sorted by how.
final class ScanLoop<C: TensorTree, A: TensorTree, Y: TensorTree> {
  private let scan: Scan
  private let pack: Pack
  private let initial: C
  private let arguments: A
  private let body: ([Scope], C, A) -> (C, Y)
  private let inAxes: [Int?]
  private let outAxes: [Int?]
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
  }

  /// What is passed from step to step.
  private struct Carry: TensorTree {
    var value: C
    var variables: [Variables]

    mutating func visitTensors(_ visitor: inout TensorVisitor) {
      value.visitTensors(&visitor)
      visitor.visit(.field("variables"), &variables)
    }
  }

  /// What a step is given besides the carry, or gives.
  private struct Slices {
    var arguments: A
    var variables: [[Variables]]
    var rngs: [[RNGStreams]]
  }

  func run() throws -> (C, Y) {
    let ofArguments = mappedInputs(arguments, "argument", scan.inAxes, "scan")
    let length = try self.length(ofArguments)
    let whole = Slices(
      arguments: arguments,
      variables: Array(pack.variables[2...]).removingAxes(inAxes, scan.metadataParams),
      rngs: scan.splitRNGs.split(pack.rngs, length))
    let inputs = try sliced(whole, ofArguments)
    let carry = Carry(value: initial, variables: pack.variables[1])
    var broadcast = pack.variables[0]
    var constants: [Tensor?] = []
    if scan.checkConstancyInvariants {
      (broadcast, constants) = try invariants(carry, inputs, whole)
    } else if scan.outAxes.containsBroadcast {
      throw TensorError(
        "scan", .other("an output of axis nil needs checkConstancyInvariants"))
    }
    var written: [[Variables]] = []
    let (last, stacked) = try Autodiff.scan(
      carry, inputs, length: length, reverse: scan.reverse
    ) { carry, slices in
      let (next, output, out) = step(broadcast, carry, slices.tensors, whole)
      try checkCarry(carry.variables, next.variables)
      template = output
      written = Array(out[2...])
      return (next, LeafList(try outputs(output) + variables(written)))
    }
    guard let template else { throw TensorError("scan", .other("the function was not called")) }
    return publish(broadcast, last, stacked.tensors, constants, template, written)
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

  /// Records an error where the carried variables of a step are not those of the one before.
  private func checkCarry(_ before: [Variables], _ after: [Variables]) throws {
    let (old, new) = (before.flatMap(paths), after.flatMap(paths))
    for path in new where !old.contains(path) {
      throw TensorError(
        "scan", .other("the carried variable \(path) is made inside the loop"),
        hint: "make it before the scan, or take its collection out of variableCarry")
    }
    for path in old where !new.contains(path) {
      throw TensorError("scan", .other("the carried variable \(path) is gone after a step"))
    }
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
        let isBroadcast = scan.outAxes.axis(at: $0.path, "scan") == nil
        isConstant.append(isBroadcast)
        return isBroadcast
      }
      paths = made.flatMap(self.paths) + constants.map { "output\($0.path)" }
      return treeLeaves(made) + constants.map(\.leaf)
    }
    let values = try zip(graph.outputs, paths).map { atom, path in
      guard case .constant(let tensor) = atom else {
        throw TensorError(
          "scan", .other("broadcasted variable has a data dependency on the scan body: \(path)"),
          hint: "what is broadcast must not depend on the carry or the inputs: give it an axis")
      }
      return tensor
    }
    var rest = values[...]
    let broadcast = keeping(pack.variables[0], rest.take(like: made))
    return (broadcast, isConstant.map { $0 ? rest.popFirst() : nil })
  }

  // MARK: Axes

  private func length(_ arguments: [MappedInput]) throws -> Int {
    try mappedSize(
      arguments, given: scan.length, name: "length", operation: "scan", what: "scan lengths",
      missing: "length should be specified manually",
      hint: "there is no argument to loop over: pass length")
  }

  /// The tensors that have a slice for each step, with the steps as their first axis.
  private func sliced(_ whole: Slices, _ arguments: [MappedInput]) throws -> LeafList {
    var leaves = zip(treeLeavesWithPath(whole.arguments), arguments).compactMap { leaf, input in
      input.axis.map { (leaf.path, moveAxis(leaf.leaf, $0, to: 0)) }
    }
    for (group, axis) in zip(whole.variables, inAxes) {
      guard let axis else { throw Scan.axisMissing }
      let inputs = group.flatMap { mappedInputs($0, "variables", .axis(axis), "scan") }
      _ = try mappedSize(inputs, operation: "scan", what: "scan lengths")
      leaves += LeafList(group, "variables").leaves.map {
        ($0.path, moveAxis($0.tensor, axis, to: 0))
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
      scan.inAxes.axis(at: path, "scan") == nil ? leaf : rest.popFirst() ?? leaf
    }
    result.variables = rest.take(like: whole.variables)
    result.rngs = zip(whole.rngs, scan.splitRNGs.axes).map { group, axis in
      axis == nil ? group : rest.take(like: group)
    }
    return result
  }

  /// The outputs of a step that are stacked.
  private func outputs(_ output: Y) throws -> [(TreePath, Tensor)] {
    treeLeavesWithPath(output).filter { scan.outAxes.axis(at: $0.path, "scan") != nil }.map {
      ($0.path, $0.leaf)
    }
  }

  private func variables(_ groups: [[Variables]]) throws -> [(TreePath, Tensor)] {
    if outAxes.contains(nil) { throw Scan.axisMissing }
    return groups.flatMap { LeafList($0, "variables").leaves }
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
      guard let axis = scan.outAxes.axis(at: path, "scan") else { return constants[index] ?? leaf }
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

extension Scan {
  static let axisMissing = TensorError(
    "scan", .other("variableAxes of a scan must be integers"),
    hint: "collections that all steps share go into variableBroadcast")
}
