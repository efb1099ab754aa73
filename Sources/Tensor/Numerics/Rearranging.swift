/// Turns the order of the elements round along `axes`, or all.
public func flip(_ x: Tensor, axes: [Int]? = nil) -> Tensor {
  guard let axes = resolvedAxes("flip", x, axes) else { return x }
  return axes.isEmpty ? x : bind(Rev(axes: axes), x)
}

/// Moves the elements `shift` places up along `axis`; those that fall off the end come in again.
///
/// Without an axis, along the row-major order of all elements.
public func roll(_ x: Tensor, by shift: Int, axis: Int? = nil) -> Tensor {
  guard let axis else {
    return roll(x.reshaped(to: [x.elementCount]), by: shift, axis: 0).reshaped(to: x.shape)
  }
  guard let index = resolvedAxis("roll", x, axis) else { return x }
  let size = x.shape.dimensions[index]
  guard size > 0 else { return x }
  let offset = (shift % size + size) % size
  if offset == 0 { return x }
  return concatenate(
    [x.sliced(along: index, size - offset..<size), x.sliced(along: index, 0..<size - offset)],
    axis: index)
}

/// Repeats the whole tensor along each axis; `repetitions` are aligned with the last axes.
public func tile(_ x: Tensor, _ repetitions: [Int]) -> Tensor {
  guard repetitions.allSatisfy({ $0 >= 0 }) else {
    record(
      TensorError(
        "tile",
        .argumentInvalid(
          name: "repetitions", value: "\(repetitions)", expected: "numbers of at least 0"),
        [.init("operand", x.type)]))
    return x
  }
  let rank = Swift.max(x.rank, repetitions.count)
  let sizes = Array(repeating: 1, count: rank - x.rank) + x.shape.dimensions
  let counts = Array(repeating: 1, count: rank - repetitions.count) + repetitions
  // [a, b] becomes [1, a, 1, b], is repeated to [m, a, n, b], and merged.
  let spread = Shape(sizes.flatMap { [1, $0] })
  let repeated = Shape(zip(counts, sizes).flatMap { [$0, $1] })
  return x.reshaped(to: spread).expanded(to: repeated)
    .reshaped(to: Shape(zip(counts, sizes).map(*)))
}

/// Repeats each element `count` times along `axis`; without one, of the flattened tensor.
public func `repeat`(_ x: Tensor, _ count: Int, axis: Int? = nil) -> Tensor {
  guard let axis else {
    return `repeat`(x.reshaped(to: [x.elementCount]), count, axis: 0)
  }
  guard let index = resolvedAxis("repeat", x, axis) else { return x }
  guard count >= 0 else {
    record(
      TensorError(
        "repeat", .argumentInvalid(name: "count", value: "\(count)", expected: "at least 0"),
        [.init("operand", x.type)]))
    return x
  }
  let size = x.shape.dimensions[index]
  return insertAxis(x, at: index + 1, size: count)
    .reshaped(to: x.shape.replacing(index, with: size * count))
}

/// Moves an axis to another place; the others keep their order.
public func moveAxis(_ x: Tensor, _ source: Int, to target: Int) -> Tensor {
  guard let from = resolvedAxis("moveAxis", x, source),
    let to = resolvedAxis("moveAxis", x, target)
  else { return x }
  return moveAxis(x, from: from, to: to)
}

/// Exchanges two axes.
public func swapAxes(_ x: Tensor, _ first: Int, _ second: Int) -> Tensor {
  guard let a = resolvedAxis("swapAxes", x, first), let b = resolvedAxis("swapAxes", x, second)
  else { return x }
  var order = Array(x.shape.indices)
  order.swapAt(a, b)
  return x.transposed(order)
}

/// Inserts axes of size 1 so that they are `axes` of the result.
public func expandDims(_ x: Tensor, axes: [Int]) -> Tensor {
  let rank = x.rank + axes.count
  let target = Shape([Int](repeating: 1, count: rank))
  guard let places = target.resolve(axes: axes) else {
    record(
      TensorError(
        "expandDims", .axesInvalid(axes: axes, rank: rank), [.init("operand", x.type)]))
    return x
  }
  var sizes = x.shape.dimensions
  for place in places.sorted() { sizes.insert(1, at: place) }
  return x.reshaped(to: Shape(sizes))
}
