/// Makes the numbers from 0 to below `stop`.
public func arange(_ stop: Int, dtype: DType = .defaultInteger) -> Tensor {
  iota(dtype, [Swift.max(0, stop)])
}

/// Makes the numbers from `start` to below `stop` in steps of `step`, which may be negative.
public func arange(_ start: Int, _ stop: Int, step: Int = 1, dtype: DType = .defaultInteger)
  -> Tensor
{
  guard step != 0 else {
    record(
      TensorError("arange", .argumentInvalid(name: "step", value: "0", expected: "not 0")))
    return Tensor.zeros([0], dtype: dtype)
  }
  return Tensor(Array(stride(from: start, to: stop, by: step)), dtype: dtype)
}

/// Makes `count` numbers from `start` to `stop`, evenly apart; without `stop` itself if asked.
///
/// The last one is exactly `stop`. Mirrors `jnp.linspace`.
public func linspace(
  _ start: Double, _ stop: Double, count: Int = 50, endpoint: Bool = true,
  dtype: DType = .defaultFloat
) -> Tensor {
  guard count > 0 else { return Tensor.zeros([0], dtype: dtype) }
  let computation: DType = dtype.isInexact ? dtype : .defaultFloat
  let divisions = endpoint ? count - 1 : count
  let (first, last) = (Tensor(start, dtype: computation), Tensor(stop, dtype: computation))
  if count == 1 { return first.reshaped(to: [1]).cast(to: dtype) }
  let steps = arange(divisions, dtype: computation) / Tensor(divisions, dtype: computation)
  var values = first * (1 - steps) + last * steps
  if endpoint { values = concatenate([values, last.reshaped(to: [1])]) }
  return dtype.isInexact ? values : floor(values).cast(to: dtype)
}

/// Makes `count` numbers whose logarithms to `base` are evenly apart, from `start` to `stop`.
public func logspace(
  _ start: Double, _ stop: Double, count: Int = 50, endpoint: Bool = true, base: Double = 10,
  dtype: DType = .defaultFloat
) -> Tensor {
  pow(
    Tensor(base, dtype: .float64),
    linspace(start, stop, count: count, endpoint: endpoint, dtype: .float64)
  ).cast(to: dtype)
}

/// Makes a matrix with ones on a diagonal: the main one, or `offset` places to the right of it.
public func eye(
  _ rows: Int, _ columns: Int? = nil, offset: Int = 0, dtype: DType = .defaultFloat
) -> Tensor {
  diagonalMask("eye", rows, columns ?? rows) { Eq()($0 + offset, $1) }.cast(to: dtype)
}

/// Makes a matrix with ones on and below a diagonal, `offset` places to the right of the main one.
public func tri(
  _ rows: Int, _ columns: Int? = nil, offset: Int = 0, dtype: DType = .defaultFloat
) -> Tensor {
  diagonalMask("tri", rows, columns ?? rows) { Ge()($0 + offset, $1) }.cast(to: dtype)
}

/// Keeps the elements on and below a diagonal of each matrix [..., m, n]; 0 elsewhere.
public func tril(_ x: Tensor, offset: Int = 0) -> Tensor {
  triangle("tril", x) { Ge()($0 + offset, $1) }
}

/// Keeps the elements on and above a diagonal of each matrix [..., m, n]; 0 elsewhere.
public func triu(_ x: Tensor, offset: Int = 0) -> Tensor {
  triangle("triu", x) { Le()($0 + offset, $1) }
}

private func triangle(
  _ name: String, _ x: Tensor, _ condition: (Tensor, Tensor) -> Tensor
) -> Tensor {
  guard x.rank >= 2 else {
    record(
      TensorError(
        name, .rankInvalid(rank: x.rank, expected: "at least 2"), [.init("operand", x.type)]))
    return x
  }
  let mask = diagonalMask(name, x.shape[-2], x.shape[-1], condition)
  return which(mask, x, Tensor(0, dtype: x.dtype))
}

/// The condition on the row and column index of each element.
private func diagonalMask(
  _ name: String, _ rows: Int, _ columns: Int, _ condition: (Tensor, Tensor) -> Tensor
) -> Tensor {
  guard rows >= 0, columns >= 0 else {
    record(
      TensorError(
        name,
        .argumentInvalid(name: "size", value: "\(rows) by \(columns)", expected: "at least 0")))
    return Tensor(false)
  }
  let shape: Shape = [rows, columns]
  return condition(
    iota(.int32, shape, axis: 0), iota(.int32, shape, axis: 1))
}

/// Takes the diagonal of matrices [..., m, n], or makes a matrix of a vector [n].
///
/// `offset` counts diagonals to the right of the main one.
public func diag(_ x: Tensor, offset: Int = 0) -> Tensor {
  switch x.rank {
  case 1:
    let size = x.shape[0] + Swift.abs(offset)
    let placed = pad(x, offset >= 0 ? [(offset, 0)] : [(0, -offset)])
    let mask = eye(size, offset: offset, dtype: .bool)
    return which(mask, placed.expanded(to: [size, size]), Tensor(0, dtype: x.dtype))
  case 0:
    record(
      TensorError(
        "diag", .rankInvalid(rank: 0, expected: "at least 1"), [.init("operand", x.type)]))
    return x
  default: return diagonal(x, offset: offset)
  }
}

/// Takes the diagonal of matrices [..., m, n].
public func diagonal(_ x: Tensor, offset: Int = 0) -> Tensor {
  guard x.rank >= 2 else {
    record(
      TensorError(
        "diagonal", .rankInvalid(rank: x.rank, expected: "at least 2"), [.init("operand", x.type)]))
    return x
  }
  let (row, column) = (x.rank - 2, x.rank - 1)
  let size = Swift.max(
    0,
    Swift.min(
      x.shape.dimensions[row] + Swift.min(offset, 0),
      x.shape.dimensions[column] - Swift.max(offset, 0)))
  let (top, left) = (Swift.max(0, -offset), Swift.max(0, offset))
  let rows = Swift.min(top, x.shape.dimensions[row])
  let columns = Swift.min(left, x.shape.dimensions[column])
  let square = x.sliced(along: row, rows..<rows + size)
    .sliced(along: column, columns..<columns + size)
  let chosen = which(eye(size, dtype: .bool), square, Tensor(0, dtype: x.dtype))
  return bind(ReduceSum(axes: [row]), chosen.dtype == .bool ? chosen.cast(to: .int32) : chosen)
    .cast(to: x.dtype)
}

/// Adds the elements of the diagonal of matrices [..., m, n].
public func trace(_ x: Tensor, offset: Int = 0) -> Tensor {
  sum(diagonal(x, offset: offset), axes: [-1])
}

/// How the first two axes of a mesh lie.
public enum MeshIndexing: Hashable, Sendable {
  /// Cartesian: the first vector runs along axis 1.
  case xy
  /// Matrix: the first vector runs along axis 0.
  case ij
}

/// Makes coordinate tensors of vectors: each repeated along the axes of the others.
public func meshgrid(_ vectors: [Tensor], indexing: MeshIndexing = .xy) -> [Tensor] {
  for (index, vector) in vectors.enumerated() where vector.rank != 1 {
    record(
      TensorError(
        "meshgrid", .rankInvalid(rank: vector.rank, expected: "1"),
        [.init("vector \(index)", vector.type)]))
    return vectors
  }
  var order = Array(vectors.indices)
  if indexing == .xy, order.count >= 2 { order.swapAt(0, 1) }
  let shape = Shape(order.map { vectors[$0].elementCount })
  return vectors.indices.map { index in
    bind(BroadcastInDim(shape, axes: [order.firstIndex(of: index) ?? 0]), vectors[index])
  }
}

extension Tensor {
  /// Creates zeros of the shape and dtype of another tensor.
  public static func zeros(like x: Tensor, dtype: DType? = nil) -> Tensor {
    zeros(x.shape, dtype: dtype ?? x.dtype)
  }

  /// Creates ones of the shape and dtype of another tensor.
  public static func ones(like x: Tensor, dtype: DType? = nil) -> Tensor {
    ones(x.shape, dtype: dtype ?? x.dtype)
  }

  /// Creates a tensor of the shape and dtype of another of which every element is `value`.
  public static func full<S: Scalar>(like x: Tensor, _ value: S, dtype: DType? = nil) -> Tensor {
    full(x.shape, value, dtype: dtype ?? x.dtype)
  }
}
