/// What `take` and `takeAlongAxis` do with indices that are out of bounds.
public enum OutOfBounds: Hashable, Sendable {
  /// Gives NaN; the lowest signed, the highest unsigned integer; true.
  case fill
  /// Gives a value of your own.
  case value(Double)
  /// Moves them inside; below 0 gives the first element.
  case clip
  /// Counts on from the other end, as often as it takes.
  case wrap
  /// Leaves them undefined, though never unsafe.
  case promiseInBounds
  /// Records an error where the indices are known; inside `jit` as `fill`.
  case error

  fileprivate var mode: IndexMode {
    switch self {
    case .fill, .error: .fill(.standard)
    case .value(let value): .fill(.number(value.bitPattern))
    case .clip: .clip
    case .wrap, .promiseInBounds: .promiseInBounds
    }
  }

  /// Records an error for `error` if a known index lies outside of an axis.
  fileprivate func check(_ name: String, _ x: Tensor, _ indices: Tensor, axis: Int) {
    guard self == .error, indices.dtype.isInteger, let known = indices.array else { return }
    let size = x.shape.dimensions[axis]
    let wide = known.converted(to: .int64).contiguous()
    let values = UnsafeBufferPointer(start: wide.pointer(as: Int64.self), count: wide.count)
    let outside = withExtendedLifetime(wide) { values.first { $0 < -size || $0 >= size } }
    guard let outside else { return }
    record(
      TensorError(
        name,
        .argumentInvalid(
          name: "index", value: "\(outside)", expected: "one from \(-size) to \(size - 1)"),
        [.init("operand", x.type, axis: axis), .init("indices", indices.type)]))
  }

  /// The indices counted from the front.
  fileprivate func counted(_ indices: Tensor, _ size: Int) -> Tensor {
    switch self {
    case .clip, .promiseInBounds: return indices
    case .wrap: return remainder(indices, Tensor(Swift.max(1, size), dtype: indices.dtype))
    case .fill, .value, .error:
      if indices.dtype.isUnsigned { return indices }
      let wide = indices.dtype.byteSize < 4 ? indices.cast(to: .int32) : indices
      return which(wide .< 0, wide + Tensor(size, dtype: wide.dtype), wide)
    }
  }
}

/// Takes slices of `x` at integer `indices` along `axis`; without one, of the flattened tensor.
///
/// The axes of `indices` take the place of `axis`. Indices below 0 count from the end; those out of
/// bounds give NaN unless `outOfBounds` says otherwise. Mirrors `jnp.take`.
public func take(
  _ x: Tensor, _ indices: Tensor, axis: Int? = nil, outOfBounds: OutOfBounds = .fill
) -> Tensor {
  guard let axis else {
    return take(x.reshaped(to: [x.elementCount]), indices, axis: 0, outOfBounds: outOfBounds)
  }
  guard let index = resolvedAxis("take", x, axis), checkedIndices("take", x, indices) else {
    return x
  }
  outOfBounds.check("take", x, indices, axis: index)
  let places = outOfBounds.counted(indices, x.shape.dimensions[index])
  let offset = (0..<x.rank - 1).map { $0 < index ? $0 : $0 + indices.rank }
  let sizes = x.shape.replacing(index, with: Swift.min(1, x.shape.dimensions[index])).dimensions
  let operation = Gather(
    IndexAxes(offset: offset, collapsed: [index], startMap: [index]), sliceSizes: sizes,
    mode: outOfBounds.mode)
  return bind(operation, x, places.expandingAxis(places.rank))
}

/// Takes the element of `x` at an index along `axis`, for each place of the other axes.
///
/// `indices` has as many axes as `x`; the others broadcast. Indices below 0 count from the end.
public func takeAlongAxis(
  _ x: Tensor, _ indices: Tensor, axis: Int, outOfBounds: OutOfBounds = .fill
) -> Tensor {
  guard let index = resolvedAxis("takeAlongAxis", x, axis),
    checkedIndices("takeAlongAxis", x, indices)
  else { return x }
  guard indices.rank == x.rank else {
    record(
      TensorError(
        "takeAlongAxis", .rankInvalid(rank: indices.rank, expected: "\(x.rank) for the indices"),
        [.init("operand", x.type), .init("indices", indices.type)]))
    return x
  }
  let others = x.shape.replacing(index, with: 1)
  guard let common = others.broadcast(with: indices.shape.replacing(index, with: 1)) else {
    record(
      TensorError(
        "takeAlongAxis", .shapesDiffer,
        [.init("operand", x.type), .init("indices", indices.type)]))
    return x
  }
  let size = x.shape.dimensions[index]
  outOfBounds.check("takeAlongAxis", x, indices, axis: index)
  let places = outOfBounds.counted(indices, size)
    .expanded(to: common.replacing(index, with: indices.shape.dimensions[index]))
  return gatherAlong(
    x.expanded(to: common.replacing(index, with: size)), places, axis: index,
    mode: outOfBounds.mode)
}

/// Whether the indices are integers; records an error otherwise.
private func checkedIndices(_ name: String, _ x: Tensor, _ indices: Tensor) -> Bool {
  if indices.dtype.isInteger { return true }
  record(
    TensorError(
      name, .dtypeUnsupported(dtype: indices.dtype, expected: "integers for the indices"),
      [.init("operand", x.type), .init("indices", indices.type)]))
  return false
}

/// Takes a slice of fixed size that begins at places known at run time, a scalar an axis.
///
/// A start below 0 counts from the end; then starts are moved so that the slice lies inside.
public func dynamicSlice(_ x: Tensor, starts: [Tensor], sizes: [Int]) -> Tensor {
  bind(DynamicSlice(sizes: sizes), [x] + fromFront(x, starts))[0]
}

/// Takes `size` elements along `axis` that begin at a place known at run time.
public func dynamicSlice(_ x: Tensor, start: Tensor, size: Int, axis: Int = 0) -> Tensor {
  guard let index = resolvedAxis("dynamicSlice", x, axis) else { return x }
  return dynamicSlice(
    x, starts: onlyStart(x, start, index), sizes: x.shape.replacing(index, with: size).dimensions)
}

/// Replaces a slice that begins at places known at run time, a scalar an axis.
///
/// A start below 0 counts from the end; then starts are moved so that the slice lies inside.
public func dynamicUpdateSlice(_ x: Tensor, _ update: Tensor, starts: [Tensor]) -> Tensor {
  bind(
    DynamicUpdateSlice(),
    [x, update.converted(x.dtype, isWeak: x.type.isWeak)]
      + fromFront(x, starts))[0]
}

/// Replaces elements along `axis` from a place known at run time.
public func dynamicUpdateSlice(
  _ x: Tensor, _ update: Tensor, start: Tensor, axis: Int = 0
) -> Tensor {
  guard let index = resolvedAxis("dynamicUpdateSlice", x, axis) else { return x }
  return dynamicUpdateSlice(x, update, starts: onlyStart(x, start, index))
}

private func onlyStart(_ x: Tensor, _ start: Tensor, _ axis: Int) -> [Tensor] {
  x.shape.indices.map { $0 == axis ? start : Tensor(0, dtype: start.dtype) }
}

private func fromFront(_ x: Tensor, _ starts: [Tensor]) -> [Tensor] {
  starts.enumerated().map { axis, start in
    guard axis < x.rank, start.dtype.isSignedInteger else { return start }
    let strong = start.converted(start.dtype)
    return which(strong .< 0, strong + Tensor(x.shape.dimensions[axis], dtype: start.dtype), strong)
  }
}
