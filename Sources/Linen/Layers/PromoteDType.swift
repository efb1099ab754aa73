/// The dtype in which a layer computes: `dtype`, or what its arguments promote to.
///
/// Integers become floats, unless `inexact` is false. Mirrors `flax.linen.dtypes.canonicalize_dtype`.
public func canonicalizeDType(
  _ arguments: [Tensor?], dtype: DType? = nil, inexact: Bool = true
) -> DType {
  if let dtype { return dtype }
  var result: (dtype: DType, isWeak: Bool)?
  for case let type? in arguments.map({ $0?.type }) {
    guard let known = result else {
      result = (type.dtype, type.isWeak)
      continue
    }
    result = (
      DType.promoted(known.dtype, weak: known.isWeak, type.dtype, weak: type.isWeak),
      known.isWeak && type.isWeak
    )
  }
  let promoted = result?.dtype ?? .defaultFloat
  guard inexact, !promoted.isInexact else { return promoted }
  return DType.promoted(promoted, weak: false, .float32, weak: false)
}

/// Converts the arguments of a layer to one dtype: `dtype`, or what they promote to.
///
/// Integers become floats, unless `inexact` is false. Mirrors `flax.linen.dtypes.promote_dtype`.
public func promoteDType(
  _ arguments: [Tensor], dtype: DType? = nil, inexact: Bool = true
) -> [Tensor] {
  let target = canonicalizeDType(arguments, dtype: dtype, inexact: inexact)
  return arguments.map { $0.cast(to: target) }
}

/// Converts two arguments of a layer to one dtype.
public func promoteDType(_ x: Tensor, _ y: Tensor, dtype: DType? = nil) -> (Tensor, Tensor) {
  let target = canonicalizeDType(x, y, dtype: dtype)
  return (x.cast(to: target), y.cast(to: target))
}

/// Converts three arguments of a layer to one dtype; nil stays nil.
public func promoteDType(
  _ x: Tensor, _ y: Tensor, _ z: Tensor?, dtype: DType? = nil
) -> (Tensor, Tensor, Tensor?) {
  let target = canonicalizeDType(x, y, z, dtype: dtype)
  return (x.cast(to: target), y.cast(to: target), z?.cast(to: target))
}

/// The dtype in which a layer computes; nothing is allocated where the arguments have one strong dtype.
func canonicalizeDType(
  _ x: Tensor, _ y: Tensor?, _ z: Tensor? = nil, dtype: DType?
) -> DType {
  if let dtype { return dtype }
  if let common = x.settledDType, y.map({ $0.settledDType == common }) ?? true,
    z.map({ $0.settledDType == common }) ?? true
  {
    return common
  }
  return canonicalizeDType([x, y, z])
}

extension Tensor {
  /// The dtype of an array that no promotion changes unless another one is met; nil otherwise.
  fileprivate var settledDType: DType? {
    guard case .array(let array) = storage, !array.isWeak, array.dtype.isInexact else { return nil }
    return array.dtype
  }
}

/// Converts three arguments of a layer to one dtype by its function; the usual one needs no array.
func promoteDType(
  _ x: Tensor, _ y: Tensor, _ z: Tensor?, dtype: DType?, by promote: PromoteDTypeFunction
) -> (Tensor, Tensor, Tensor?) {
  if promote.isStandard { return promoteDType(x, y, z, dtype: dtype) }
  let results = promote([x, y] + (z.map { [$0] } ?? []), dtype)
  guard results.count == (z == nil ? 2 : 3) else {
    record(
      LinenError(.other("\(promote.name) gives \(results.count) tensors for \(z == nil ? 2 : 3).")))
    return (x, y, z)
  }
  return (results[0], results[1], z == nil ? nil : results[2])
}
