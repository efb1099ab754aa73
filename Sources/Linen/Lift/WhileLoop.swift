/// Repeats a function of a module and a carry while a condition holds.
///
///     let y = whileLoop(self, x, carryVariables: "state") { module, x in
///       module.variable("state", "count").value .< 10
///     } body: { module, x in
///       ...
///     }
///
/// - `carryVariables`: collections passed from step to step; both functions see them, `body` may
///   write to them. They must be there before the loop.
/// - `broadcastVariables`: those that are only read.
/// - `splitRNGs`: the streams that are passed on; into those with true the number of the step is
///   folded, for `condition` its negative.
///
/// Forward mode goes through it, reverse mode can't. Records an error if the carry changes its
/// structure or types. Mirrors `flax.linen.while_loop`.
public func whileLoop<T: LiftTarget, C: TensorTree>(
  _ target: T, _ initial: C, carryVariables: CollectionFilter = false,
  broadcastVariables: CollectionFilter = true, splitRNGs: SplitRNGs = [:],
  while condition: (T, C) -> Tensor, body: (T, C) -> C
) -> C {
  let pack = Pack(
    LiftedScopes(target), name: "while_loop", in: [carryVariables, broadcastVariables],
    out: [carryVariables], rngs: splitRNGs.filters,
    labels: ("carryVariables or broadcastVariables", "splitRNGs"))
  func rngs(_ step: Tensor) -> [[RNGStreams]] {
    zip(pack.rngs, splitRNGs.entries).map { group, entry in
      entry.isSplit ? group.map { $0.mapKeys { $0.foldIn(step) } } : group
    }
  }
  func moved(_ scopes: [Scope]) -> T {
    var scopes = scopes[...]
    return target.moved(to: &scopes)
  }
  let start = WhileCarry(
    value: initial, variables: pack.variables[0], step: Tensor(Int32(0)))
  return pack.recovering {
    let last = try Autodiff.whileLoop(start) { carry in
      let holds = pack.run(
        [carry.variables, pack.variables[1]], rngs(-carry.step), mutable: .none
      ) { condition(moved($0), carry.value) }.result
      guard holds.rank == 0, holds.dtype == .bool else {
        throw pack.error(.condition(type: holds.type))
      }
      return holds
    } _: { carry in
      let (value, written) = pack.run(
        [carry.variables, pack.variables[1]], rngs(carry.step)
      ) { body(moved($0), carry.value) }
      let next = WhileCarry(
        value: value, variables: zip(carry.variables, written[0]).map { $0.merging($1) },
        step: carry.step + Tensor(Int32(1)))
      try pack.checkCarry(carry.parts, next.parts)
      return next
    }
    pack.publish([last.variables])
    return last.value
  } _: {
    initial
  }
}

/// What a loop passes from step to step.
private struct WhileCarry<C: TensorTree>: TensorTree {
  var value: C
  var variables: [Variables]
  var step: Tensor

  mutating func visitTensors(_ visitor: inout TensorVisitor) {
    value.visitTensors(&visitor)
    visitor.visit(.field("variables"), &variables)
    visitor.visit(.field("step"), &step)
  }

  var parts: [LiftPart] {
    LiftPart.parts("carry", value) + LiftPart.parts(variables: variables)
  }
}
