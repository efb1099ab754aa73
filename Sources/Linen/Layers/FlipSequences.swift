/// Reverses sequences of different lengths, each in place, with the padding left at the end.
///
/// Sequences are `[batch..., time, ...]`, or `[time, batch..., ...]` if `timeMajor`; `lengths` is
/// `[batch...]`, or nil if all are of full length. Mirrors `flax.linen.recurrent.flip_sequences`.
public func flipSequences(
  _ inputs: Tensor, _ lengths: Tensor?, batchCount: Int = 1, timeMajor: Bool = false
) -> Tensor {
  let timeAxis = timeMajor ? 0 : batchCount
  guard let lengths else { return flip(inputs, axes: [timeAxis]) }
  let steps = inputs.shape[timeAxis]
  let ones = Array(repeating: 1, count: batchCount)
  let places = flip(arange(steps)).reshaped(to: Shape(timeMajor ? [steps] + ones : ones + [steps]))
  let indices = remainder(places + expandDims(lengths, axes: [timeAxis]), Tensor(steps))
  let extra = Array(repeating: 1, count: Swift.max(inputs.rank - indices.rank, 0))
  return takeAlongAxis(
    inputs, indices.reshaped(to: Shape(indices.shape.dimensions + extra)), axis: timeAxis)
}
