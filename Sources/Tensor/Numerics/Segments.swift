/// How the elements of a segment are combined.
public enum SegmentReduction: Hashable, Sendable {
  /// Their sum; 0 without elements.
  case sum
  /// Their product; 1 without elements.
  case prod
  /// The largest; -inf, or the lowest integer, without elements.
  case max
  /// The smallest; inf, or the highest integer, without elements.
  case min
}

/// Combines the slices of `x` along axis 0 that `segments` gives one number, an integer a slice.
///
/// The result has `count` slices; numbers outside of them are left out. Mirrors
/// `jax.ops.segment_sum` and its kin.
public func segment(
  _ reduction: SegmentReduction, _ x: Tensor, _ segments: Tensor, count: Int
) -> Tensor {
  guard x.rank > 0, segments.rank == 1, segments.elementCount == x.shape[0], count >= 0 else {
    record(
      TensorError(
        "segment",
        .argumentInvalid(
          name: "segments", value: "\(segments.type)", expected: "a number for each slice"),
        [.init("operand", x.type)]))
    return x
  }
  let shape = x.shape.replacing(0, with: count)
  func start(_ value: Tensor) -> TensorPlaces {
    let outside = Tensor(count, dtype: segments.dtype)
    return value.converted(x.dtype).broadcast(to: shape).at[
      which(segments .< 0, outside, segments)]
  }
  switch reduction {
  case .sum: return start(0).add(x)
  case .prod: return start(1).multiply(x)
  case .max: return start(.lowest(x.dtype)).max(x)
  case .min: return start(.highest(x.dtype)).min(x)
  }
}

/// Turns places counted in row-major order into an index an axis, stacked along a new first axis.
///
/// Places outside of the shape are moved to its ends. Mirrors `jnp.unravel_index`.
public func unravelIndex(_ places: Tensor, _ shape: Shape) -> Tensor {
  guard places.dtype.isInteger, shape.allSatisfy({ $0 > 0 }) else {
    record(
      TensorError(
        "unravelIndex",
        .argumentInvalid(name: "places", value: "\(places.type)", expected: "integers"),
        [.init("shape", ShapeDtype(shape))]))
    return places
  }
  let count = Tensor(shape.elementCount, dtype: places.dtype)
  let wrapped = which(places .< 0, places + count, places)
  let inside = clip(wrapped, low: Tensor(0, dtype: places.dtype), high: count - 1)
  let parts = zip(shape, shape.rowMajorStrides).map { size, stride in
    remainder(
      floorDivide(inside, Tensor(stride, dtype: places.dtype)), Tensor(size, dtype: places.dtype))
  }
  return parts.isEmpty ? Tensor.zeros([0], dtype: places.dtype) : stack(parts)
}

/// Turns an index an axis into places counted in row-major order.
///
/// Indices outside of an axis are moved to its ends. Mirrors `jnp.ravel_multi_index` with `clip`.
public func ravelMultiIndex(_ indices: [Tensor], _ shape: Shape) -> Tensor {
  guard indices.count == shape.rank, !indices.isEmpty else {
    record(
      TensorError(
        "ravelMultiIndex",
        .argumentInvalid(
          name: "indices", value: "\(indices.count)", expected: "one an axis of \(shape)")))
    return Tensor(0, dtype: .int32)
  }
  let terms = zip(indices, zip(shape, shape.rowMajorStrides)).map { index, axis in
    let (size, stride) = axis
    let high = Tensor(Swift.max(0, size - 1), dtype: index.dtype)
    return clip(index, low: Tensor(0, dtype: index.dtype), high: high)
      * Tensor(stride, dtype: index.dtype)
  }
  return terms.dropFirst().reduce(terms[0], +)
}
