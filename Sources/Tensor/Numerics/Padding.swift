/// What the elements around a padded tensor are.
public enum PadMode: Hashable, Sendable {
  /// A constant, 0 unless another is given.
  case constant
  /// The tensor reflected in its edge elements, which are not repeated.
  case reflect
  /// The tensor reflected at its edges, so that the edge elements are repeated.
  case symmetric
  /// The tensor again from its other end, also known as circular.
  case wrap
  /// The edge element.
  case edge
  /// Numbers that go evenly from the constant, which is the outermost, to the edge element.
  case linearRamp
  /// The largest element along the axis.
  case maximum
  /// The smallest element along the axis.
  case minimum
  /// The mean along the axis, rounded for integers.
  case mean
  /// The median along the axis, rounded for integers.
  case median
}

/// Adds elements around a tensor: `widths[i]` before and after axis i.
///
/// `constant` is for the modes ``PadMode/constant`` and ``PadMode/linearRamp``. Records an error for
/// negative widths, or where there is no element to reflect or repeat. Mirrors `jnp.pad`.
public func pad(
  _ x: Tensor, _ widths: [(Int, Int)], mode: PadMode = .constant, constant: Tensor = 0
) -> Tensor {
  func failure(_ fact: TensorError.Fact, _ axis: Int? = nil) -> Tensor {
    record(TensorError("pad", fact, [.init("operand", x.type, axis: axis)]))
    return x
  }
  guard widths.count == x.rank else {
    return failure(
      .argumentInvalid(
        name: "widths", value: "\(widths.count) pairs", expected: "a pair an axis"))
  }
  for (axis, width) in widths.enumerated() {
    let size = x.shape.dimensions[axis]
    guard width.0 >= 0, width.1 >= 0 else {
      return failure(
        .argumentInvalid(name: "widths", value: "\(width)", expected: "at least 0"), axis)
    }
    guard mode == .constant || size > 0 || (width.0 == 0 && width.1 == 0) else {
      return failure(.argumentInvalid(name: "size", value: "0", expected: "an element"), axis)
    }
  }
  guard constant.rank == 0 else {
    return failure(.rankInvalid(rank: constant.rank, expected: "0 for the constant"))
  }
  let constant = constant.converted(x.dtype, isWeak: x.type.isWeak)
  if mode == .constant {
    return bind(Pad(low: widths.map(\.0), high: widths.map(\.1)), x, constant)
  }
  var result = x
  for (axis, width) in widths.enumerated() where width.0 > 0 || width.1 > 0 {
    result = padded(result, axis, width.0, width.1, mode, constant)
  }
  return result
}

/// One axis at a time, by whole copies of the tensor as often as the width takes.
private func padded(
  _ x: Tensor, _ axis: Int, _ low: Int, _ high: Int, _ mode: PadMode, _ constant: Tensor
) -> Tensor {
  let size = x.shape.dimensions[axis]
  switch mode {
  case .constant: return x
  case .edge: return enclosed(x, axis, low, high) { first, last in (first, last) }
  case .linearRamp:
    return enclosed(x, axis, low, high) { first, last in
      (
        ramp(constant, first, axis, low),
        flip(ramp(constant, last, axis, high), axes: [axis])
      )
    }
  case .maximum: return enclosed(x, axis, low, high, by: max(x, axes: [axis], keepingAxes: true))
  case .minimum: return enclosed(x, axis, low, high, by: min(x, axes: [axis], keepingAxes: true))
  case .mean: return enclosed(x, axis, low, high, by: mean(x, axes: [axis], keepingAxes: true))
  case .median: return enclosed(x, axis, low, high, by: median(x, axis: axis, keepingAxes: true))
  case .wrap: return wrapped(x, axis, low, high)
  case .symmetric: return mirrored(x, axis, low, high, skipping: 0)
  case .reflect:
    // A single element has no other to reflect.
    if size == 1 { return padded(x, axis, low, high, .edge, constant) }
    return mirrored(x, axis, low, high, skipping: 1)
  }
}

/// Puts the reversed elements from each end before and after the tensor, again of the result as long
/// as more are wanted; `edge` elements at the ends are not repeated.
private func mirrored(
  _ x: Tensor, _ axis: Int, _ low: Int, _ high: Int, skipping edge: Int
) -> Tensor {
  var result = x
  // No more at a time, so that what the next are reflected in is again an end of x.
  let most = x.shape[axis] - edge
  func reversed(_ range: Range<Int>) -> Tensor {
    flip(result.sliced(along: axis, range), axes: [axis])
  }
  var missing = low
  while missing > 0 {
    let count = Swift.min(missing, most)
    result = concatenate([reversed(edge..<edge + count), result], axis: axis)
    missing -= count
  }
  missing = high
  while missing > 0 {
    let count = Swift.min(missing, most)
    let end = result.shape[axis] - edge
    result = concatenate([result, reversed(end - count..<end)], axis: axis)
    missing -= count
  }
  return result
}

/// Puts what a function makes of the first and the last elements before and after the tensor.
private func enclosed(
  _ x: Tensor, _ axis: Int, _ low: Int, _ high: Int, _ ends: (Tensor, Tensor) -> (Tensor, Tensor)
) -> Tensor {
  let size = x.shape.dimensions[axis]
  let (first, last) = ends(
    x.sliced(along: axis, 0..<1), x.sliced(along: axis, size - 1..<size))
  func stretched(_ x: Tensor, _ count: Int) -> Tensor {
    x.broadcast(to: x.shape.replacing(axis, with: count))
  }
  return concatenate([stretched(first, low), x, stretched(last, high)], axis: axis)
}

/// Puts one statistic before and after the tensor.
private func enclosed(
  _ x: Tensor, _ axis: Int, _ low: Int, _ high: Int, by statistic: Tensor
) -> Tensor {
  let isRounded = x.dtype.isInteger && !statistic.dtype.isInteger
  let value = (isRounded ? round(statistic) : statistic).converted(
    x.dtype, isWeak: x.type.isWeak)
  return enclosed(x, axis, low, high) { _, _ in (value, value) }
}

/// `count` numbers from `start` on the way to `edge`, which comes after them.
private func ramp(_ start: Tensor, _ edge: Tensor, _ axis: Int, _ count: Int) -> Tensor {
  let exact = edge.dtype.isFloatingPoint || edge.dtype.isComplex ? edge.dtype : .defaultFloat
  let shape = edge.shape.replacing(axis, with: count)
  let step = iota(exact.realDType, shape, axis: axis) / Double(Swift.max(count, 1))
  let numbers = start.cast(to: exact) * (1 - step) + edge.cast(to: exact) * step
  return (edge.dtype.isInteger ? floor(numbers) : numbers).converted(
    edge.dtype, isWeak: edge.type.isWeak)
}

/// Joins copies of the tensor on both sides and cuts out what is wanted.
private func wrapped(_ x: Tensor, _ axis: Int, _ low: Int, _ high: Int) -> Tensor {
  let size = x.shape.dimensions[axis]
  func copies(_ count: Int) -> [Tensor] { Array(repeating: x, count: count) }
  func part(_ range: Range<Int>) -> [Tensor] {
    range.isEmpty ? [] : [x.sliced(along: axis, range)]
  }
  let before = part(size - low % size..<size) + copies(low / size)
  let after = copies(high / size) + part(0..<high % size)
  return concatenate(before + [x] + after, axis: axis)
}
