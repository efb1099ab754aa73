/// A primitive that moves or repeats elements and computes none.
package protocol Movement: Linear {}

extension Movement {
  package func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost { Cost() }
}

/// A movement whose result is a view of its operand.
package protocol ViewPrimitive: Movement {}

extension ViewPrimitive {
  package func evaluate(_ inputs: [NDArray], _ outputs: [ShapeDtype]) -> [NDArray] {
    let input = inputs[0]
    if let layout = view(input.layout) { return [input.view(layout)] }
    let copy = input.contiguous()
    return [view(copy.layout).map { copy.view($0) } ?? copy]
  }
}
