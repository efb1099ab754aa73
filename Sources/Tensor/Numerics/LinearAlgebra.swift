/// Factorizes symmetric positive matrices [..., n, n] as l l^T with l lower triangular.
///
/// By default the mean of x and its transpose is factorized, as in `jax.lax.linalg.cholesky`; else
/// only the lower triangle is read. NaN where there is no factor.
public func cholesky(_ x: Tensor, symmetrizing: Bool = true) -> Tensor {
  let x = solvable(x)
  guard symmetrizing, x.rank >= 2, x.shape[-1] == x.shape[-2] else { return bind(Cholesky(), x) }
  return bind(Cholesky(), (x + matrixTranspose(x)) / 2)
}

/// Solves op(a) x = b, or x op(a) = b, for triangular a [..., n, n] and b of as many axes.
///
/// Only the lower or upper triangle is read, without the diagonal if it counts as ones.
public func triangularSolve(
  _ a: Tensor, _ b: Tensor, lower: Bool, leftSide: Bool = true, transposingA: Bool = false,
  unitDiagonal: Bool = false
) -> Tensor {
  let form = TriangularForm(
    leftSide: leftSide, isLower: lower, transposesA: transposingA, hasUnitDiagonal: unitDiagonal)
  let operands = promoted([solvable(a), solvable(b)])
  return bind(TriangularSolve(form), operands[0], operands[1])
}

/// Factorizes matrices [..., m, n] as q r with orthonormal columns q and an upper triangle r.
///
/// q is [..., m, k] and r [..., k, n] with k = min(m, n), or k = m if `full`.
public func qr(_ x: Tensor, full: Bool = false) -> (q: Tensor, r: Tensor) {
  let results = bind(QR(isFull: full), [solvable(x)])
  return (results[0], results[1])
}

/// Computes the eigenvalues, rising, and the eigenvectors, as columns, of symmetric matrices.
///
/// Of [..., n, n] they are [..., n] and [..., n, n]. By default those of the mean of x and its
/// transpose; else only the lower triangle is read.
public func eigh(
  _ x: Tensor, symmetrizing: Bool = true
) -> (eigenvalues: Tensor, eigenvectors: Tensor) {
  var x = solvable(x)
  if symmetrizing, x.rank >= 2, x.shape[-1] == x.shape[-2] { x = (x + matrixTranspose(x)) / 2 }
  let results = bind(Eigh(), [x])
  return (results[1], results[0])
}

/// Factorizes matrices [..., m, n] as u diag(s) v, with the singular values s falling.
///
/// u is [..., m, k] and v [..., k, n] with k = min(m, n); both are square if `full`.
public func svd(_ x: Tensor, full: Bool = false) -> (u: Tensor, s: Tensor, v: Tensor) {
  let results = bind(SVD(isFull: full), [solvable(x)])
  return (results[1], results[0], results[2])
}

/// Solves a x = b for square a [..., n, n] and b [..., n, m], or [n], by QR factorization.
public func solve(_ a: Tensor, _ b: Tensor) -> Tensor {
  let isVector = b.rank == 1
  let column = isVector ? b.expandingAxis(1) : b
  let (q, r) = qr(a)
  guard q.rank >= 2, a.shape[-1] == a.shape[-2] else {
    record(
      TensorError(
        "solve", .argumentInvalid(name: "a", value: "\(a.type)", expected: "square matrices"),
        [.init("a", a.type), .init("b", b.type)]))
    return b
  }
  let x = triangularSolve(r, matmul(matrixTranspose(q), column), lower: false)
  return isVector ? x.squeezed([-1]) : x
}

/// Inverts square matrices [..., n, n], by QR factorization.
public func inv(_ x: Tensor) -> Tensor {
  guard x.rank >= 2 else { return solve(x, x) }
  return solve(x, eye(x.shape[-1], dtype: inexact(x).dtype).broadcast(to: x.shape))
}

/// Multiplies each element of x with all of y: the Kronecker product, of as many axes as the longer.
public func kron(_ x: Tensor, _ y: Tensor) -> Tensor {
  let rank = Swift.max(x.rank, y.rank)
  func aligned(_ x: Tensor) -> Tensor {
    x.reshaped(to: Shape([Int](repeating: 1, count: rank - x.rank) + x.shape.dimensions))
  }
  let (a, b) = (aligned(x), aligned(y))
  let outer = a.reshaped(to: Shape(a.shape.flatMap { [$0, 1] }))
  let inner = b.reshaped(to: Shape(b.shape.flatMap { [1, $0] }))
  return (outer * inner).reshaped(
    to: Shape(zip(a.shape, b.shape).map { $0 * $1 }))
}

/// Puts matrices along the diagonal of one, with zeros elsewhere.
public func blockDiag(_ blocks: [Tensor]) -> Tensor {
  let matrices = promoted(blocks.map { $0.rank < 2 ? $0.reshaped(to: [1, $0.elementCount]) : $0 })
  for (index, block) in matrices.enumerated() where block.rank != 2 {
    record(
      TensorError(
        "blockDiag", .rankInvalid(rank: block.rank, expected: "at most 2"),
        [.init("block \(index)", block.type)]))
    return block
  }
  let width = matrices.reduce(0) { $0 + $1.shape[1] }
  var left = 0
  let rows = matrices.map { block in
    defer { left += block.shape[1] }
    return pad(block, [(0, 0), (left, width - left - block.shape[1])])
  }
  return concatenate(rows)
}

/// Raises square matrices [..., n, n] to an integer power, by repeated squaring.
public func matrixPower(_ x: Tensor, _ exponent: Int) -> Tensor {
  guard x.rank >= 2, x.shape[-1] == x.shape[-2] else {
    record(
      TensorError(
        "matrixPower", .argumentInvalid(name: "x", value: "\(x.type)", expected: "square matrices"))
    )
    return x
  }
  var base = exponent < 0 ? inv(x) : x
  var result = eye(x.shape[-1], dtype: base.dtype).broadcast(to: x.shape)
  var bits = exponent.magnitude
  while bits > 0 {
    if bits & 1 == 1 { result = matmul(result, base) }
    bits >>= 1
    if bits > 0 { base = matmul(base, base) }
  }
  return result
}

/// Half precisions and integers as float32, which LAPACK takes; complex numbers are refused later.
private func solvable(_ x: Tensor) -> Tensor {
  x.dtype == .float32 || x.dtype == .float64 || x.dtype.isComplex ? x : x.cast(to: .float32)
}
