/// Brings two operands to one dtype by JAX's promotion and to one shape by broadcasting.
package func promoted(_ x: Tensor, _ y: Tensor) -> (Tensor, Tensor)? {
  let (a, b) = (x.type, y.type)
  var (x, y) = (x, y)
  if a.dtype != b.dtype || a.isWeak != b.isWeak {
    let dtype = DType.promoted(a.dtype, weak: a.isWeak, b.dtype, weak: b.isWeak)
    let isWeak = isPromotionWeak(a.dtype, weak: a.isWeak, b.dtype, weak: b.isWeak, to: dtype)
    x = x.converted(dtype, isWeak: isWeak)
    y = y.converted(dtype, isWeak: isWeak)
  }
  if a.shape != b.shape {
    guard let shape = a.shape.broadcast(with: b.shape) else { return nil }
    x = x.expanded(to: shape)
    y = y.expanded(to: shape)
  }
  return (x, y)
}

/// Whether two types promote to a weak one: both are, or a weak float meets an integer.
@inline(__always)
private func isPromotionWeak(
  _ a: DType, weak isAWeak: Bool, _ b: DType, weak isBWeak: Bool, to dtype: DType
) -> Bool {
  if isAWeak == isBWeak { return isAWeak }
  let strong = isAWeak ? b : a
  return dtype != strong && (strong.isInteger || strong == .bool)
}

/// Does a binary primitive with promotion and broadcasting.
@inline(__always)
package func elementwise<P: BinaryElementwise>(_ operation: P, _ x: Tensor, _ y: Tensor) -> Tensor {
  if case .array(let a) = x.storage, case .array(let b) = y.storage, a.dtype == b.dtype,
    a.shape == b.shape
  {
    return operation(x, y)
  }
  return broadcasting(operation, x, y)
}

private func broadcasting<P: BinaryElementwise>(_ operation: P, _ x: Tensor, _ y: Tensor) -> Tensor
{
  if case .array(let a) = x.storage, case .array(let b) = y.storage,
    let result = withScalar(operation, a, b)
  {
    return Tensor(result)
  }
  if Counting.isOn, operation is Div, let quotient = countedQuotient(x, y) { return quotient }
  guard let (a, b) = promoted(x, y) else { return bind(operation, x, y) }
  return operation(a, b)
}

/// The quotient by a divisor that is repeated, in the form whose derivative is JAX's.
private func countedQuotient(_ x: Tensor, _ y: Tensor) -> Tensor? {
  guard x.dtype == y.dtype, x.dtype.isFloatingPoint, x.shape != y.shape, x.rank >= y.rank,
    y.shape.broadcast(with: x.shape) == x.shape
  else { return nil }
  let ones = Array(repeating: 1, count: x.rank - y.rank)
  return bind(DivBroadcast(), x, y.reshaped(to: Shape(ones + y.shape.dimensions)))
}

/// The result for arrays of which one is a scalar; nil if neither is, or both need converting.
///
/// `x * 2` is common enough to be worth a path that builds no views: 90 ns instead of 880
/// (benchmark dispatch).
private func withScalar<P: BinaryElementwise>(
  _ operation: P, _ a: NDArray, _ b: NDArray
) -> NDArray? {
  guard a.shape.rank == 0 || b.shape.rank == 0 else { return nil }
  let dtype = DType.promoted(a.dtype, weak: a.isWeak, b.dtype, weak: b.isWeak)
  guard a.dtype == dtype || a.count == 1, b.dtype == dtype || b.count == 1,
    let kernel = P.kernel(dtype.code)
  else { return nil }
  let isWeak = isPromotionWeak(a.dtype, weak: a.isWeak, b.dtype, weak: b.isWeak, to: dtype)
  let x = a.dtype == dtype ? a : a.converted(to: dtype)
  let y = b.dtype == dtype ? b : b.converted(to: dtype)
  let result = NDArray(
    uninitialized: P.resultType(of: dtype), a.shape.rank == 0 ? b.shape : a.shape,
    isWeak: isWeak && P.resultType(of: dtype) == dtype)
  Elementwise.binary(kernel, x, y, into: result)
  return result
}

/// A scalar operand beside a tensor.
///
/// A literal is made in the type that it promotes to, so that it has that type's precision and
/// needs no conversion.
@inline(__always)
package func scalar<S: Scalar>(_ value: S, beside x: Tensor) -> Tensor {
  guard S.isWeak else { return Tensor(value) }
  let type = x.type
  let dtype = DType.promoted(type.dtype, weak: type.isWeak, S.defaultDType, weak: true)
  let isWeak = dtype == type.dtype ? type.isWeak : true
  return Tensor(NDArray.filled(value, ShapeDtype(.scalar, dtype, isWeak: isWeak)))
}

extension Tensor {
  /// Converts to `dtype` unless it is that already.
  package func converted(_ dtype: DType, isWeak: Bool = false) -> Tensor {
    let type = type
    if type.dtype == dtype && type.isWeak == isWeak { return self }
    return bind(ConvertElementType(dtype, isWeak: isWeak), self)
  }

  /// Repeats to `shape`, to which this broadcasts by NumPy's rules.
  package func expanded(to shape: Shape) -> Tensor {
    let own = self.shape
    if own == shape { return self }
    let first = shape.rank - own.rank
    return bind(BroadcastInDim(shape, axes: own.indices.map { $0 + first }), self)
  }

  /// Adds elementwise, with promotion and broadcasting.
  public static func + (x: Tensor, y: Tensor) -> Tensor { elementwise(Add(), x, y) }

  /// Subtracts elementwise, with promotion and broadcasting.
  public static func - (x: Tensor, y: Tensor) -> Tensor { elementwise(Sub(), x, y) }

  /// Multiplies elementwise, with promotion and broadcasting.
  public static func * (x: Tensor, y: Tensor) -> Tensor { elementwise(Mul(), x, y) }

  /// Divides elementwise, with promotion and broadcasting; integers give floats, as in NumPy.
  public static func / (x: Tensor, y: Tensor) -> Tensor {
    guard x.dtype.isInexact || y.dtype.isInexact else {
      return elementwise(Div(), x.converted(.defaultFloat), y.converted(.defaultFloat))
    }
    return elementwise(Div(), x, y)
  }

  /// Negates each element.
  public static prefix func - (x: Tensor) -> Tensor { Neg()(x) }

  /// Adds in place.
  public static func += (x: inout Tensor, y: Tensor) { x = x + y }

  /// Subtracts in place.
  public static func -= (x: inout Tensor, y: Tensor) { x = x - y }

  /// Multiplies in place.
  public static func *= (x: inout Tensor, y: Tensor) { x = x * y }

  /// Divides in place.
  public static func /= (x: inout Tensor, y: Tensor) { x = x / y }

  /// Adds a scalar, which takes this tensor's dtype where promotion lets it.
  public static func + <S: Scalar>(x: Tensor, y: S) -> Tensor {
    x + scalar(y, beside: x)
  }
  /// Adds to a scalar, which takes this tensor's dtype where promotion lets it.
  public static func + <S: Scalar>(x: S, y: Tensor) -> Tensor {
    scalar(x, beside: y) + y
  }
  /// Subtracts a scalar, which takes this tensor's dtype where promotion lets it.
  public static func - <S: Scalar>(x: Tensor, y: S) -> Tensor {
    x - scalar(y, beside: x)
  }
  /// Subtracts from a scalar, which takes this tensor's dtype where promotion lets it.
  public static func - <S: Scalar>(x: S, y: Tensor) -> Tensor {
    scalar(x, beside: y) - y
  }
  /// Multiplies by a scalar, which takes this tensor's dtype where promotion lets it.
  public static func * <S: Scalar>(x: Tensor, y: S) -> Tensor {
    x * scalar(y, beside: x)
  }
  /// Multiplies a scalar, which takes this tensor's dtype where promotion lets it.
  public static func * <S: Scalar>(x: S, y: Tensor) -> Tensor {
    scalar(x, beside: y) * y
  }
  /// Divides by a scalar, which takes this tensor's dtype where promotion lets it.
  public static func / <S: Scalar>(x: Tensor, y: S) -> Tensor {
    x / scalar(y, beside: x)
  }
  /// Divides a scalar, which takes this tensor's dtype where promotion lets it.
  public static func / <S: Scalar>(x: S, y: Tensor) -> Tensor {
    scalar(x, beside: y) / y
  }
}
