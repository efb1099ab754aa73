/// Lifts `vmap`: maps a function of modules over an axis of its arguments and variables.
///
/// Made by ``vmap(variableAxes:splitRNGs:inAxes:outAxes:axisSize:axisName:metadataParams:)``.
public struct VMap: CallLift {
  /// `VmapDense`.
  public static let prefix = "Vmap"

  let variableAxes: VariableAxes
  let splitRNGs: SplitRNGs
  let inAxes: ArgumentAxes
  let outAxes: ArgumentAxes
  let axisSize: Int?
  let axisName: String?
  let metadataParams: [String: String]

  /// Runs `body` once for all members.
  public func apply<A: TensorTree, R: TensorTree>(
    _ target: LiftedScopes, _ arguments: A, _ body: ([Scope], A) -> R
  ) -> R {
    let (inputs, outputs) = (variableAxes.inputs, variableAxes.outputs)
    let pack = Pack(
      target, name: "vmap", in: inputs.map(\.filter), out: outputs.map(\.filter),
      rngs: splitRNGs.filters, labels: ("variableAxes", "splitRNGs"))
    let variables = pack.variables.removingAxes(inputs.map(\.axis), metadataParams)
    var template: R?
    return recovering {
      let ofVariables = zip(variables, inputs).flatMap { group, input in
        group.flatMap {
          mappedInputs($0, "variables", ArgumentAxes(input.axis), "vmap")
        }
      }
      let ofArguments = mappedInputs(arguments, "argument", inAxes, "vmap")
      let size = try commonSize(ofVariables + ofArguments)
      let rngs = splitRNGs.split(pack.rngs, size)
      let ofRNGs = zip(rngs, splitRNGs.axes).flatMap { group, axis in
        group.flatMap { mappedInputs($0, "rngs", ArgumentAxes(axis), "vmap") }
      }
      var written: [[Variables]] = []
      let leaves = try vmap(
        ofVariables + ofRNGs + ofArguments, size: size, axisName: axisName
      ) { leaves in
        var leaves = leaves[...]
        let (variables, rngs) = (leaves.take(like: variables), leaves.take(like: rngs))
        let members = leaves.take(like: arguments)
        let (result, out) = pack.run(variables, rngs) { body($0, members) }
        template = result
        written = out
        return treeLeavesWithPath(result).map { ($0.leaf, outAxes.axis(at: $0.path, "vmap")) }
          + zip(out, outputs).flatMap { group, output in
            treeLeaves(group).map { ($0, output.axis) }
          }
      }
      guard let template else { throw TensorError("vmap", .other("the function was not called")) }
      var results = leaves[...]
      let result = results.take(like: template)
      pack.publish(
        results.take(like: written).addingAxes(outputs.map(\.axis), metadataParams))
      return result
    } _: {
      template.map(placeholders)
        ?? pack.run(variables, pack.rngs) { body($0, arguments) }.result
    }
  }

  private func commonSize(_ inputs: [MappedInput]) throws -> Int {
    try mappedSize(
      inputs, given: axisSize, name: "axisSize", what: "batch axis sizes",
      missing: "axis_size should be specified manually",
      hint: "no argument or variable is mapped over an axis: pass axisSize")
  }
}

/// Gives the transform that maps a function of modules over an axis of arguments and variables.
///
/// - `variableAxes`: the collections that are passed on, with the axis of each; nil shares one.
/// - `splitRNGs`: the streams that are passed on; those with true differ from member to member.
/// - `inAxes`, `outAxes`: the axes of arguments and results.
/// - `axisSize`: the number of members, where no argument or variable is mapped.
/// - `axisName`: the axis's name, for collectives such as ``pmean(_:axisName:)``.
/// - `metadataParams`: what boxes of metadata are told of the axis.
///
/// Records an error if sizes differ, none is known, or a result without axis differs from member to
/// member. Mirrors `flax.linen.vmap`.
public func vmap(
  variableAxes: VariableAxes = [:], splitRNGs: SplitRNGs = [:], inAxes: ArgumentAxes = 0,
  outAxes: ArgumentAxes = 0, axisSize: Int? = nil, axisName: String? = nil,
  metadataParams: [String: String] = [:]
) -> VMap {
  VMap(
    variableAxes: variableAxes, splitRNGs: splitRNGs, inAxes: inAxes, outAxes: outAxes,
    axisSize: axisSize, axisName: axisName, metadataParams: metadataParams)
}

/// Makes a module whose calls are mapped over an axis of arguments and variables.
///
///     let ensemble = vmap(variableAxes: ["params": 0], splitRNGs: ["params": true]) { Dense(3) }
///     let y = ensemble(x)   // x: [members, ..., inputs]; kernel: [members, inputs, 3]
///
/// Named `VmapDense_0`, unless a name is given here or to the module. For the arguments see
/// ``vmap(variableAxes:splitRNGs:inAxes:outAxes:axisSize:axisName:metadataParams:)``.
public func vmap<M: Module>(
  variableAxes: VariableAxes = [:], splitRNGs: SplitRNGs = [:], inAxes: ArgumentAxes = 0,
  outAxes: ArgumentAxes = 0, axisSize: Int? = nil, axisName: String? = nil,
  metadataParams: [String: String] = [:], name: String? = nil, _ make: () -> M
) -> Lifted<M, VMap> {
  Lifted(
    vmap(
      variableAxes: variableAxes, splitRNGs: splitRNGs, inAxes: inAxes, outAxes: outAxes,
      axisSize: axisSize, axisName: axisName, metadataParams: metadataParams),
    name: name, make)
}
