/// Multiplies matrices, with NumPy's rules for more and fewer axes.
///
/// The last two axes are the matrices [..., m, k] [..., k, n] -> [..., m, n]; leading axes
/// broadcast. A vector on the left is a row, on the right a column, and its axis is dropped again.
/// Dtypes are promoted; `preferredElementType` names the type of the result, in which products are
/// added.
public func matmul(_ x: Tensor, _ y: Tensor, preferredElementType: DType? = nil) -> Tensor {
  func failure(_ fact: TensorError.Fact, _ left: Int? = nil, _ right: Int? = nil) -> Tensor {
    record(
      TensorError(
        "matmul", fact, [.init("lhs", x.type, axis: left), .init("rhs", y.type, axis: right)]))
    return .placeholder(x.type)
  }
  guard x.rank > 0, y.rank > 0 else {
    return failure(.rankInvalid(rank: 0, expected: "at least 1; scalars are multiplied with *"))
  }
  let a = x.rank == 1 ? x.expandingAxis(0) : x
  let b = y.rank == 1 ? y.expandingAxis(1) : y
  guard a.shape[-1] == b.shape[-2] else {
    return failure(
      .sizesDiffer(what: "contracting sizes"), x.rank - 1, Swift.max(0, y.rank - 2))
  }
  let (left, right) = (a.shape[0..<a.rank - 2], b.shape[0..<b.rank - 2])
  guard let batch = left.broadcast(with: right) else { return failure(.shapesDiffer) }
  var product = batchedProduct(a, b, batch, preferredElementType)
  if x.rank == 1 { product = product.squeezed([-2]) }
  if y.rank == 1 { product = product.squeezed([-1]) }
  return product
}

/// [batch..., m, k] [batch..., k, n] -> [batch..., m, n], where either batch may need repeating.
private func batchedProduct(
  _ a: Tensor, _ b: Tensor, _ batch: Shape, _ preferred: DType?
) -> Tensor {
  // Axes that only the left operand has are more rows: no copies of the right one are made.
  if b.rank == 2 {
    return contract(a, b, ([a.rank - 1], [0]), batch: ([], []), preferred)
  }
  let rank = batch.rank
  func aligned(_ x: Tensor) -> Tensor {
    let target = Shape(batch.dimensions + x.shape.dimensions.suffix(2))
    return x.shape == target ? x : x.expanded(to: target)
  }
  let axes = Array(0..<rank)
  return contract(
    aligned(a), aligned(b), ([rank + 1], [rank]), batch: (axes, axes), preferred)
}

/// Multiplies and sums over the last axis of x and the second last of y, or the only one.
///
/// Without broadcasting: the result has the remaining axes of x, then those of y. Scalars multiply.
/// Mirrors `jnp.dot`.
public func dot(_ x: Tensor, _ y: Tensor, preferredElementType: DType? = nil) -> Tensor {
  if x.rank == 0 || y.rank == 0 { return x * y }
  return tensordot(
    x, y, axes: ([x.rank - 1], [Swift.max(0, y.rank - 2)]),
    preferredElementType: preferredElementType, operation: "dot")
}

/// Multiplies all elements of two tensors of equal size and adds the products.
///
/// The conjugate of the first is taken, as in `jnp.vdot`.
public func vdot(_ x: Tensor, _ y: Tensor) -> Tensor {
  dot(conj(x).reshaped(to: [x.elementCount]), y.reshaped(to: [y.elementCount]))
}

/// Multiplies each pair of elements of two tensors, seen as vectors [m] and [n], to [m, n].
public func outer(_ x: Tensor, _ y: Tensor) -> Tensor {
  x.reshaped(to: [x.elementCount, 1]) * y.reshaped(to: [1, y.elementCount])
}

/// Multiplies and sums over the last axes of both.
///
/// Mirrors `jnp.inner`.
public func inner(_ x: Tensor, _ y: Tensor) -> Tensor {
  if x.rank == 0 || y.rank == 0 { return x * y }
  return tensordot(
    x, y, axes: ([x.rank - 1], [y.rank - 1]), preferredElementType: nil, operation: "inner")
}

/// Multiplies and sums over pairs of axes; the result has the other axes of x, then those of y.
public func tensordot(_ x: Tensor, _ y: Tensor, axes: ([Int], [Int])) -> Tensor {
  tensordot(x, y, axes: axes, preferredElementType: nil, operation: "tensordot")
}

/// Multiplies and sums over the last `count` axes of x and the first `count` of y.
public func tensordot(_ x: Tensor, _ y: Tensor, count: Int = 2) -> Tensor {
  guard count >= 0, count <= Swift.min(x.rank, y.rank) else {
    record(
      TensorError(
        "tensordot",
        .argumentInvalid(name: "count", value: "\(count)", expected: "at most the rank of both"),
        [.init("lhs", x.type), .init("rhs", y.type)]))
    return .placeholder(x.type)
  }
  return tensordot(x, y, axes: (Array(x.rank - count..<x.rank), Array(0..<count)))
}

private func tensordot(
  _ x: Tensor, _ y: Tensor, axes: ([Int], [Int]), preferredElementType: DType?, operation: String
) -> Tensor {
  func failure(_ fact: TensorError.Fact, _ left: Int? = nil, _ right: Int? = nil) -> Tensor {
    record(
      TensorError(
        operation, fact, [.init("lhs", x.type, axis: left), .init("rhs", y.type, axis: right)]))
    return .placeholder(x.type)
  }
  guard let left = x.shape.resolve(axes: axes.0) else {
    return failure(.axesInvalid(axes: axes.0, rank: x.rank))
  }
  guard let right = y.shape.resolve(axes: axes.1) else {
    return failure(.axesInvalid(axes: axes.1, rank: y.rank))
  }
  guard left.count == right.count else { return failure(.sizesDiffer(what: "numbers of axes")) }
  for (l, r) in zip(left, right) where x.shape.dimensions[l] != y.shape.dimensions[r] {
    return failure(.sizesDiffer(what: "contracting sizes"), l, r)
  }
  return contract(x, y, (left, right), batch: ([], []), preferredElementType)
}

/// A general product of operands of any two dtypes, in the type asked for.
package func contract(
  _ x: Tensor, _ y: Tensor, _ contracting: ([Int], [Int]), batch: ([Int], [Int]),
  _ preferred: DType? = nil
) -> Tensor {
  var dtype = DType.promoted(x.dtype, weak: x.type.isWeak, y.dtype, weak: y.type.isWeak)
  if let preferred { dtype = DType.promoted(dtype, preferred) }
  let isWeak = x.type.isWeak && y.type.isWeak && preferred == nil
  let logical = dtype == .bool
  if logical { dtype = .int32 }
  let product = bind(
    DotGeneral(contracting: (contracting.0, contracting.1), batch: (batch.0, batch.1)),
    x.converted(dtype, isWeak: isWeak), y.converted(dtype, isWeak: isWeak))
  if logical && preferred == nil { return product.cast(to: .bool) }
  return preferred.map { product.converted($0) } ?? product
}

/// Multiplies over contracting axes for each member of the batch axes, as `jax.lax.dot_general`.
///
/// The result's axes: the batch axes, the remaining ones of x, those of y.
public func dotGeneral(
  _ x: Tensor, _ y: Tensor, contracting: ([Int], [Int]), batch: ([Int], [Int]) = ([], []),
  preferredElementType: DType? = nil
) -> Tensor {
  func resolved(_ x: Tensor, _ axes: [Int]) -> [Int] { axes.map { $0 < 0 ? $0 + x.rank : $0 } }
  return contract(
    x, y, (resolved(x, contracting.0), resolved(y, contracting.1)),
    batch: (resolved(x, batch.0), resolved(y, batch.1)), preferredElementType)
}
