/// Adds the elements along `axes`, or all.
///
/// Integers narrower than the default integer type, and bools, are added as that type. Half
/// precisions add in float32 and round once. With `mask`, only the elements where it holds count.
public func sum(
  _ x: Tensor, axes: [Int]? = nil, keepingAxes: Bool = false, where mask: Tensor? = nil,
  dtype: DType? = nil
) -> Tensor {
  let terms = masked(accumulating(x, dtype), mask, by: 0)
  return countingWide(terms) { reduce("sum", $0, axes, keepingAxes) { ReduceSum(axes: $0) } }
}

/// Multiplies the elements along `axes`, or all.
///
/// Integers narrower than the default integer type, and bools, are multiplied as that type.
public func prod(
  _ x: Tensor, axes: [Int]? = nil, keepingAxes: Bool = false, where mask: Tensor? = nil,
  dtype: DType? = nil
) -> Tensor {
  let factors = masked(accumulating(x, dtype), mask, by: 1)
  return countingWide(factors) { reduce("prod", $0, axes, keepingAxes) { ReduceProd(axes: $0) } }
}

/// Counts the conversions of half precisions to float32 and back, which the kernels do by themselves.
private func countingWide(_ x: Tensor, _ reduce: (Tensor) -> Tensor) -> Tensor {
  guard Counting.isOn, x.dtype == .float16 || x.dtype == .bfloat16 else { return reduce(x) }
  return reduce(x.cast(to: .float32)).cast(to: x.dtype)
}

/// Takes the largest element along `axes`, or of all; NaN if any is NaN.
///
/// Elements that tie share the derivative. Without elements it is -inf, or the lowest integer;
/// `mask` and `initial` are as in `jnp.max`.
public func max(
  _ x: Tensor, axes: [Int]? = nil, keepingAxes: Bool = false, where mask: Tensor? = nil,
  initial: Tensor? = nil
) -> Tensor {
  let values = masked(x, mask, by: .lowest(x.dtype))
  let result = reduce("max", values, axes, keepingAxes) { ReduceMax(axes: $0) }
  return initial.map { maximum($0.converted(x.dtype), result) } ?? result
}

/// Takes the smallest element along `axes`, or of all; NaN if any is NaN.
///
/// Elements that tie share the derivative. Without elements it is inf, or the highest integer;
/// `mask` and `initial` are as in `jnp.min`.
public func min(
  _ x: Tensor, axes: [Int]? = nil, keepingAxes: Bool = false, where mask: Tensor? = nil,
  initial: Tensor? = nil
) -> Tensor {
  let values = masked(x, mask, by: .highest(x.dtype))
  let result = reduce("min", values, axes, keepingAxes) { ReduceMin(axes: $0) }
  return initial.map { minimum($0.converted(x.dtype), result) } ?? result
}

/// Tells whether all elements along `axes`, or all, hold; numbers hold unless they are 0.
public func all(_ x: Tensor, axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
  reduce("all", x.cast(to: .bool), axes, keepingAxes) { ReduceAnd(axes: $0) }
}

/// Tells whether any element along `axes`, or of all, holds; numbers hold unless they are 0.
public func any(_ x: Tensor, axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
  reduce("any", x.cast(to: .bool), axes, keepingAxes) { ReduceOr(axes: $0) }
}

/// Counts the elements that are not 0, or true, along `axes`, or all.
public func countNonzero(_ x: Tensor, axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
  sum(x .!= Tensor(0, dtype: x.dtype), axes: axes, keepingAxes: keepingAxes)
}

/// Finds the index of the first largest element along `axis`, or in row-major order of all.
///
/// The first NaN wins. Indices are of the default integer type. Records an error if there
/// are no elements.
public func argmax(_ x: Tensor, axis: Int? = nil, keepingAxes: Bool = false) -> Tensor {
  indexOf("argmax", x, axis, keepingAxes) { ArgMax(axis: $0) }
}

/// Finds the index of the first smallest element along `axis`, or in row-major order of all.
///
/// The first NaN wins. Indices are of the default integer type. Records an error if there
/// are no elements.
public func argmin(_ x: Tensor, axis: Int? = nil, keepingAxes: Bool = false) -> Tensor {
  indexOf("argmin", x, axis, keepingAxes) { ArgMin(axis: $0) }
}

private func indexOf(
  _ name: String, _ x: Tensor, _ axis: Int?, _ keepingAxes: Bool,
  _ operation: (Int) -> some Primitive
) -> Tensor {
  guard let axis else {
    let flat = bind(operation(0), x.reshaped(to: [x.elementCount])).cast(to: .defaultInteger)
    return keepingAxes ? flat.reshaped(to: Shape(x.shape.map { _ in 1 })) : flat
  }
  return reduce(name, x, [axis], keepingAxes) { operation($0[0]) }.cast(to: .defaultInteger)
}

/// Resolves axes and does a reduction; with `keepingAxes` they stay, with size 1.
package func reduce(
  _ name: String, _ x: Tensor, _ axes: [Int]?, _ keepingAxes: Bool,
  _ operation: ([Int]) -> some Primitive
) -> Tensor {
  guard let resolved = resolvedAxes(name, x, axes) else { return x }
  // The operands' own axes stay in rising order in every primitive.
  let result = bind(operation(resolved), x)
  guard keepingAxes else { return result }
  return result.reshaped(
    to: Shape(x.shape.indices.map { resolved.contains($0) ? 1 : x.shape.dimensions[$0] }))
}

/// The axes in rising order, all of them for nil; records an error and gives nil if one is wrong.
package func resolvedAxes(_ name: String, _ x: Tensor, _ axes: [Int]?) -> [Int]? {
  guard let axes else { return Array(x.shape.indices) }
  if let resolved = x.shape.resolve(axes: axes) { return resolved.sorted() }
  if axes.count == 1 {
    record(
      TensorError(
        name, .axisOutOfRange(axis: axes[0], rank: x.rank), [.init("operand", x.type)]))
  } else {
    record(
      TensorError(name, .axesInvalid(axes: axes, rank: x.rank), [.init("operand", x.type)]))
  }
  return nil
}

/// The axis resolved; records an error and gives nil if it is out of range.
package func resolvedAxis(_ name: String, _ x: Tensor, _ axis: Int) -> Int? {
  resolvedAxes(name, x, [axis])?.first
}

/// The operand as the type in which sums and products of it are formed.
private func accumulating(_ x: Tensor, _ dtype: DType?) -> Tensor {
  if let dtype { return x.converted(dtype, isWeak: dtype == x.dtype && x.type.isWeak) }
  if x.dtype.isInexact { return x }
  if x.dtype == .bool { return x.cast(to: .defaultInteger) }
  let wide: DType =
    x.dtype.isUnsigned ? (DType.defaultInteger == .int64 ? .uint64 : .uint32) : .defaultInteger
  return x.dtype.byteSize < wide.byteSize ? x.cast(to: wide) : x
}

/// The elements where the mask holds, and `identity` elsewhere.
private func masked(_ x: Tensor, _ mask: Tensor?, by identity: Tensor) -> Tensor {
  guard let mask else { return x }
  return which(mask, x, identity.converted(x.dtype, isWeak: x.type.isWeak))
}
