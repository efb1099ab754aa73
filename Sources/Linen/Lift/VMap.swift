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
  let metadataParams: MetadataParams

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
    let (given, wanted) = (
      AxesRole(name: "inAxes", pack: pack), AxesRole(name: "outAxes", pack: pack)
    )
    return pack.recovering {
      inAxes.checkCount(of: arguments, given)
      let ofVariables = zip(variables, inputs).flatMap { mappedInputs(variables: $0, $1.axis) }
      let ofArguments = mappedInputs(arguments, "argument", inAxes, given)
      let size = try pack.commonSize(ofArguments + ofVariables, given: axisSize)
      let rngs = splitRNGs.split(pack.rngs, size)
      let ofRNGs = zip(rngs, splitRNGs.axes).flatMap { group, axis in
        group.flatMap { mappedInputs($0, "rngs", ArgumentAxes(axis), given) }
      }
      var written: [[Variables]] = []
      var names: [String] = []
      let leaves = try vmap(
        ofVariables + ofRNGs + ofArguments, size: size, axisName: axisName,
        varying: { pack.error(.differsByMember(name: names[$0], type: $1, axis: $2)) }
      ) { leaves in
        var leaves = leaves[...]
        let (variables, rngs) = (leaves.take(like: variables), leaves.take(like: rngs))
        let members = leaves.take(like: arguments)
        let (result, out) = pack.run(variables, rngs) { body($0, members) }
        template = result
        written = out
        outAxes.checkCount(of: result, wanted)
        names =
          LiftPart.parts("[0]", result).map(\.name)
          + LiftPart.parts(variables: out.joined().map { $0 }).map(\.name)
        return treeLeavesWithPath(result).map { ($0.leaf, outAxes.axis(at: $0.path, wanted)) }
          + zip(out, outputs).flatMap { group, output in
            treeLeaves(group).map { ($0, output.axis) }
          }
      }
      guard let template else { throw pack.error(.notCalled) }
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
  metadataParams: MetadataParams = [:]
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
  metadataParams: MetadataParams = [:], name: String? = nil, _ make: () -> M
) -> Lifted<M, VMap> {
  Lifted(
    vmap(
      variableAxes: variableAxes, splitRNGs: splitRNGs, inAxes: inAxes, outAxes: outAxes,
      axisSize: axisSize, axisName: axisName, metadataParams: metadataParams),
    name: name, make)
}
