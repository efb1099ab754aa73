/// A primitive that moves or repeats elements and computes none.
package protocol Movement: Linear {}

extension Movement {
  package func cost(_ inputs: [ShapeDtype], _ outputs: [ShapeDtype]) -> Cost { Cost() }
}
