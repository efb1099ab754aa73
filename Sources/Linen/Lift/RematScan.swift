/// Lifts a layer that is applied again and again, of which little is kept for the derivative.
///
/// Made by ``rematScan(lengths:policy:variableBroadcast:variableCarry:variableAxes:splitRNGs:)``.
public struct RematScan: CallLift {
  /// `Remat_scanDense`.
  public static let prefix = "Remat_scan"

  let lengths: [Int]
  let policy: CheckpointPolicy
  let scan: Scan

  /// Applies `body`, whose result is of the structure of the arguments, again and again.
  public func apply<A: TensorTree, R: TensorTree>(
    _ target: LiftedScopes, _ arguments: A, _ body: ([Scope], A) -> R
  ) -> R {
    // A result becomes the next arguments, leaf by leaf.
    var template: R?
    let last = loop(target, arguments, lengths[...]) { scopes, arguments in
      let result = body(scopes, arguments)
      template = result
      let leaves = treeLeaves(result)
      guard leaves.count == treeLeaves(arguments).count else {
        let pack = Pack(target, name: "remat_scan", in: [], out: [], rngs: [])
        record(
          pack.error(
            .notRepeatable(
              given: LiftPart.parts("result", result).map(\.described),
              taken: LiftPart.parts("argument", arguments).map(\.described))))
        return arguments
      }
      return treeReplacingLeaves(arguments, leaves)
    }
    if let template {
      let leaves = treeLeaves(last)
      return leaves.count == treeLeaves(template).count
        ? treeReplacingLeaves(template, leaves) : placeholders(template)
    }
    let pack = Pack(target, name: "remat_scan", in: [true], out: [true], rngs: [true])
    return pack.run(pack.variables, pack.rngs) { body($0, arguments) }.result
  }

  private func loop<A: TensorTree>(
    _ target: LiftedScopes, _ carry: A, _ lengths: ArraySlice<Int>, _ body: ([Scope], A) -> A
  ) -> A {
    var scan = scan
    scan.length = lengths.first
    let inner = lengths.dropFirst()
    return scan.apply(target, carry, EmptyTree()) { scopes, carry, _ in
      guard !inner.isEmpty else { return (body(scopes, carry), EmptyTree()) }
      let checkpoint = Checkpoint(policy: policy, variables: true, rngs: true)
      return (
        checkpoint.apply(target.inside(scopes), carry) { scopes, carry in
          loop(target.inside(scopes), carry, inner, body)
        }, EmptyTree()
      )
    }.0
  }
}

/// Gives the transform that applies a function of modules again and again in nested loops.
///
/// There are `lengths[0] * lengths[1] * ...` steps; all but the innermost loop keep their carries
/// alone for the derivative, so that memory grows as the sum of the lengths, and compilation takes
/// the time of one step. For the other arguments see
/// ``scan(variableAxes:variableBroadcast:variableCarry:splitRNGs:inAxes:outAxes:length:reverse:unroll:metadataParams:checkConstancyInvariants:)``.
/// Mirrors `flax.linen.remat_scan`.
public func rematScan(
  lengths: [Int], policy: CheckpointPolicy = .nothing, variableBroadcast: CollectionFilter = false,
  variableCarry: CollectionFilter = false, variableAxes: VariableAxes = [true: 0],
  splitRNGs: SplitRNGs = [true: true]
) -> RematScan {
  RematScan(
    lengths: lengths, policy: policy,
    scan: Scan(
      variableAxes: variableAxes, variableBroadcast: variableBroadcast,
      variableCarry: variableCarry, splitRNGs: splitRNGs))
}

/// Makes a module that is applied again and again in nested loops, with its own parameters each time.
///
///     let stack = rematScan(lengths: [10, 10]) { Block() }
///     let y = stack(x)   // 100 blocks; the kernels are [10, 10, ...]
///
/// Named `Remat_scanBlock_0`, unless a name is given here or to the module.
public func rematScan<M: Module>(
  lengths: [Int], policy: CheckpointPolicy = .nothing, variableBroadcast: CollectionFilter = false,
  variableCarry: CollectionFilter = false, variableAxes: VariableAxes = [true: 0],
  splitRNGs: SplitRNGs = [true: true], name: String? = nil, _ make: () -> M
) -> Lifted<M, RematScan> {
  Lifted(
    rematScan(
      lengths: lengths, policy: policy, variableBroadcast: variableBroadcast,
      variableCarry: variableCarry, variableAxes: variableAxes, splitRNGs: splitRNGs),
    name: name, make)
}
