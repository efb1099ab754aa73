/// Puts tensors one after the other along `axis`; the other sizes must agree.
///
/// The dtypes are promoted to one.
public func concatenate(_ parts: [Tensor], axis: Int = 0) -> Tensor {
  guard let first = parts.first else {
    record(
      TensorError(
        "concatenate", .argumentInvalid(name: "parts", value: "none", expected: "at least one")))
    return Tensor.zeros([0])
  }
  guard let index = resolvedAxis("concatenate", first, axis) else { return first }
  return bind(Concatenate(axis: index), promoted(parts))[0]
}

/// Puts tensors of one shape together along a new axis, which becomes axis `axis` of the result.
public func stack(_ parts: [Tensor], axis: Int = 0) -> Tensor {
  guard let first = parts.first else {
    record(
      TensorError("stack", .argumentInvalid(name: "parts", value: "none", expected: "at least one"))
    )
    return Tensor.zeros([0])
  }
  let index = axis < 0 ? axis + first.rank + 1 : axis
  guard (0...first.rank).contains(index) else {
    record(
      TensorError(
        "stack", .axisOutOfRange(axis: axis, rank: first.rank + 1), [.init("part 0", first.type)]))
    return first
  }
  for (number, part) in parts.enumerated() where part.shape != first.shape {
    record(
      TensorError(
        "stack", .sizesDiffer(what: "shapes"),
        [.init("part 0", first.type), .init("part \(number)", part.type)]))
    return .placeholder(
      first.type.with(shape: first.shape.inserting(parts.count, at: index)))
  }
  return bind(Concatenate(axis: index), promoted(parts).map { $0.expandingAxis(index) })[0]
}

/// Cuts a tensor into `count` equal parts along `axis`.
///
/// Records an error if the size is not a multiple of `count`.
public func split(_ x: Tensor, into count: Int, axis: Int = 0) -> [Tensor] {
  guard let index = resolvedAxis("split", x, axis) else { return [x] }
  let size = x.shape.dimensions[index]
  guard count > 0, size % count == 0 else {
    record(
      TensorError(
        "split",
        .argumentInvalid(name: "count", value: "\(count)", expected: "a divisor of the size"),
        [.init("operand", x.type, axis: index)]))
    return Array(repeating: x, count: Swift.max(1, count))
  }
  let part = size / count
  if Counting.isOn {
    return bind(Split(Array(repeating: part, count: count), axis: index), [x])
  }
  return (0..<count).map { x.sliced(along: index, $0 * part..<($0 + 1) * part) }
}

/// Cuts a tensor along `axis` before each of the indices, which must not fall.
public func split(_ x: Tensor, at indices: [Int], axis: Int = 0) -> [Tensor] {
  guard let index = resolvedAxis("split", x, axis) else { return [x] }
  let size = x.shape.dimensions[index]
  let bounds = [0] + indices.map { Swift.min(Swift.max($0 < 0 ? $0 + size : $0, 0), size) } + [size]
  guard zip(bounds, bounds.dropFirst()).allSatisfy({ $0 <= $1 }) else {
    record(
      TensorError(
        "split", .argumentInvalid(name: "indices", value: "\(indices)", expected: "rising indices"),
        [.init("operand", x.type, axis: index)]))
    return Array(repeating: x, count: bounds.count - 1)
  }
  if Counting.isOn {
    return bind(Split(zip(bounds, bounds.dropFirst()).map { $1 - $0 }, axis: index), [x])
  }
  return zip(bounds, bounds.dropFirst()).map { x.sliced(along: index, $0..<$1) }
}

/// Cuts a tensor into its slices along `axis`, which is dropped.
public func unstack(_ x: Tensor, axis: Int = 0) -> [Tensor] {
  guard let index = resolvedAxis("unstack", x, axis) else { return [x] }
  return (0..<x.shape.dimensions[index]).map {
    x.sliced(along: index, $0..<$0 + 1).squeezed([index])
  }
}

/// Cuts a tensor into `count` parts along `axis`, the first of which have one slice more where the
/// size is not a multiple.
public func arraySplit(_ x: Tensor, into count: Int, axis: Int = 0) -> [Tensor] {
  guard let index = resolvedAxis("arraySplit", x, axis), count > 0 else {
    return split(x, into: count, axis: axis)
  }
  let (part, rest) = x.shape.dimensions[index].quotientAndRemainder(dividingBy: count)
  return split(x, at: (1..<count).map { $0 * part + Swift.min($0, rest) }, axis: index)
}

/// Puts tensors one below the other, vectors as rows.
public func vstack(_ parts: [Tensor]) -> Tensor {
  concatenate(parts.map { $0.rank < 2 ? $0.reshaped(to: [1, $0.elementCount]) : $0 })
}

/// Puts tensors one beside the other: along axis 1, or axis 0 for vectors.
public func hstack(_ parts: [Tensor]) -> Tensor {
  let parts = parts.map { $0.rank == 0 ? $0.reshaped(to: [1]) : $0 }
  return concatenate(parts, axis: parts.first?.rank == 1 ? 0 : 1)
}

/// The tensors converted to the one dtype that all promote to.
package func promoted(_ parts: [Tensor]) -> [Tensor] {
  guard let first = parts.first else { return parts }
  var (dtype, isWeak) = (first.dtype, first.type.isWeak)
  for part in parts.dropFirst() {
    dtype = DType.promoted(dtype, weak: isWeak, part.dtype, weak: part.type.isWeak)
    isWeak = isWeak && part.type.isWeak
  }
  return parts.map { $0.converted(dtype, isWeak: isWeak) }
}

extension Tensor {
  /// The elements of a range along a resolved axis.
  package func sliced(along axis: Int, _ range: Range<Int>, step: Int = 1) -> Tensor {
    var start = shape.indices.map { _ in 0 }
    var limit = shape.dimensions
    var steps = shape.indices.map { _ in 1 }
    if range.lowerBound == 0, range.upperBound == limit[axis], step == 1 { return self }
    start[axis] = range.lowerBound
    limit[axis] = range.upperBound
    steps[axis] = step
    return bind(Slice(start: start, limit: limit, step: steps), self)
  }
}
