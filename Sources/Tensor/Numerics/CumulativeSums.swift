/// Adds the elements up to each one along `axis`; without one, of the flattened tensor.
///
/// Integers narrower than the default integer type, and bools, are added as that type.
public func cumsum(_ x: Tensor, axis: Int? = nil, reverse: Bool = false) -> Tensor {
  cumulative("cumsum", wide(x), axis) { CumSum(axis: $0, reverse: reverse) }
}

/// Multiplies the elements up to each one along `axis`; without one, of the flattened tensor.
public func cumprod(_ x: Tensor, axis: Int? = nil, reverse: Bool = false) -> Tensor {
  cumulative("cumprod", wide(x), axis) { CumProd(axis: $0, reverse: reverse) }
}

/// Takes the largest of the elements up to each one along `axis`.
public func cummax(_ x: Tensor, axis: Int = 0, reverse: Bool = false) -> Tensor {
  cumulative("cummax", x, axis) { CumMax(axis: $0, reverse: reverse) }
}

/// Takes the smallest of the elements up to each one along `axis`.
public func cummin(_ x: Tensor, axis: Int = 0, reverse: Bool = false) -> Tensor {
  cumulative("cummin", x, axis) { CumMin(axis: $0, reverse: reverse) }
}

/// Takes log(sum(exp)) of the elements up to each one along `axis`, without overflow.
public func cumLogSumExp(_ x: Tensor, axis: Int = 0, reverse: Bool = false) -> Tensor {
  let x = inexact(x)
  let wide = x.dtype.byteSize < 4 ? x.cast(to: .float32) : x
  return cumulative("cumLogSumExp", wide, axis) { CumLogSumExp(axis: $0, reverse: reverse) }
    .converted(x.dtype, isWeak: x.type.isWeak)
}

/// Computes the differences of neighbouring elements along `axis`, `order` times.
public func diff(_ x: Tensor, order: Int = 1, axis: Int = -1) -> Tensor {
  guard let index = resolvedAxis("diff", x, axis) else { return x }
  var result = x
  for _ in 0..<Swift.max(0, order) {
    let size = result.shape.dimensions[index]
    if size == 0 { return result }
    result =
      result.sliced(along: index, 1..<size) - result.sliced(along: index, 0..<size - 1)
  }
  return result
}

private func cumulative(
  _ name: String, _ x: Tensor, _ axis: Int?, _ operation: (Int) -> some Primitive
) -> Tensor {
  guard let axis else { return bind(operation(0), x.reshaped(to: [x.elementCount])) }
  guard let index = resolvedAxis(name, x, axis) else { return x }
  return bind(operation(index), x)
}

/// Narrow integers and bools as the default integer type, in which sums are formed.
private func wide(_ x: Tensor) -> Tensor {
  if x.dtype.isInexact { return x }
  if x.dtype == .bool { return x.cast(to: .defaultInteger) }
  let wide: DType =
    x.dtype.isUnsigned ? (DType.defaultInteger == .int64 ? .uint64 : .uint32) : .defaultInteger
  return x.dtype.byteSize < wide.byteSize ? x.cast(to: wide) : x
}
