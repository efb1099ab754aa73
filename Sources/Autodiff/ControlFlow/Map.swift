/// Applies `body` to each slice of `inputs` along their leading axes, one after the other.
///
/// The results are stacked. `body` is traced once and needs memory for one slice at a time, where
/// `vmap` needs it for all; with `batchSize` it does as many slices at once, by `vmap`, in each step.
/// Mirrors `jax.lax.map`.
/// - Throws: an error if the sizes of the leading axes differ, and the first error recorded in `body`.
public func map<Input: TensorTree, Output: TensorTree>(
  _ inputs: Input, batchSize: Int? = nil, _ body: (Input) throws -> Output
) throws -> Output {
  guard let batchSize else {
    return try scan(EmptyTree(), inputs) { empty, input in (empty, try body(input)) }.outputs
  }
  return try withoutActuallyEscaping(body) { body in
    try withErrors {
      guard batchSize > 0 else {
        throw TensorError(
          "map",
          .argumentInvalid(name: "batchSize", value: "\(batchSize)", expected: "at least 1"))
      }
      let length =
        try mappedSize(
          treeLeavesWithPath(inputs).map { MappedInput("inputs\($0.path)", $0.leaf, axis: 0) },
          operation: "map", what: "lengths") ?? 0
      let whole = length / batchSize * batchSize
      let rest = treeMap(inputs) { $0.sliced(along: 0, whole..<length) }
      guard whole > 0 else { return try vmap(body)(rest) }
      let batches = treeMap(inputs) { input in
        input.sliced(along: 0, 0..<whole).reshaped(
          to: Shape([length / batchSize, batchSize] + input.shape.dimensions.dropFirst()))
      }
      let outputs = treeMap(try map(batches, vmap(body))) { output in
        output.reshaped(to: Shape([whole] + output.shape.dimensions.dropFirst(2)))
      }
      guard whole < length else { return outputs }
      return treeMap(outputs, try vmap(body)(rest)) { concatenate([$0, $1]) }
    }
  }
}
