/// Makes a mask for attention from what is known of each query and each key.
///
/// From `[batch..., queries]` and `[batch..., keys]` it gives `[batch..., 1, queries, keys]`, the values
/// of `pairwise`, by default the product, so that both must be 1. Mirrors
/// `flax.linen.make_attention_mask`.
public func makeAttentionMask(
  _ query: Tensor, _ key: Tensor, pairwise: (Tensor, Tensor) -> Tensor = { $0 * $1 },
  extraBatchDims: Int = 0, dtype: DType = .float32
) -> Tensor {
  let mask = pairwise(expandDims(query, axes: [-1]), expandDims(key, axes: [-2]))
  let withHeads = expandDims(mask, axes: [mask.rank - 2])
  return expandDims(withHeads, axes: Array(0..<extraBatchDims)).cast(to: dtype)
}

/// Makes a mask that lets each position look at itself and those before it.
///
/// From `[batch..., length]`, of which only the shape counts, it gives `[batch..., 1, length, length]`.
/// Mirrors `flax.linen.make_causal_mask`.
public func makeCausalMask(
  _ x: Tensor, extraBatchDims: Int = 0, dtype: DType = .float32
) -> Tensor {
  let places = arange(x.shape[-1], dtype: .int32).broadcast(to: x.shape)
  return makeAttentionMask(
    places, places, pairwise: { $0 .>= $1 }, extraBatchDims: extraBatchDims, dtype: dtype)
}

/// Combines masks: attention may look where all that are given let it; nil if none is.
///
/// Records an error if their numbers of axes differ. Mirrors `flax.linen.combine_masks`.
public func combineMasks(_ masks: Tensor?..., dtype: DType = .float32) -> Tensor? {
  combineMasks(masks, dtype: dtype)
}

/// Combines a list of masks.
public func combineMasks(_ masks: [Tensor?], dtype: DType = .float32) -> Tensor? {
  let given = masks.compactMap { $0 }
  guard let first = given.first else { return nil }
  guard given.allSatisfy({ $0.rank == first.rank }) else {
    let ranks = pythonTuple(given.map(\.rank))
    record(LinenError(.other("masks must have same rank: \(ranks)")))
    return first
  }
  return given.dropFirst().reduce(first, logicalAnd).cast(to: dtype)
}
