import CKernels

/// The larger of x and 0; its derivative at 0 is 0, unlike that of `Max`.
///
/// NaN stays. Source: https://docs.jax.dev/en/latest/_autosummary/jax.nn.relu.html
package struct Relu: UnaryElementwise {
  package static let name = "relu"
  package static let expectedTypes = "a number type"

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_unary_fn? {
    switch dtype {
    case CK_F32: { x, sx, y, n in ck_max(CK_F32)?(x, sx, Relu.zero, 0, y, n) }
    case CK_F64: { x, sx, y, n in ck_max(CK_F64)?(x, sx, Relu.zero, 0, y, n) }
    case CK_F16: { x, sx, y, n in ck_max(CK_F16)?(x, sx, Relu.zero, 0, y, n) }
    case CK_BF16: { x, sx, y, n in ck_max(CK_BF16)?(x, sx, Relu.zero, 0, y, n) }
    case CK_I8: { x, sx, y, n in ck_max(CK_I8)?(x, sx, Relu.zero, 0, y, n) }
    case CK_I16: { x, sx, y, n in ck_max(CK_I16)?(x, sx, Relu.zero, 0, y, n) }
    case CK_I32: { x, sx, y, n in ck_max(CK_I32)?(x, sx, Relu.zero, 0, y, n) }
    case CK_I64: { x, sx, y, n in ck_max(CK_I64)?(x, sx, Relu.zero, 0, y, n) }
    case CK_U8, CK_U16, CK_U32, CK_U64: ck_copy(dtype)
    default: nil
    }
  }

  package func tangent(_ t: Tensor, x: Tensor, y: Tensor) -> Tensor? {
    Select()(Gt()(x, zeros(like: x)), t, zeros(like: t))
  }

  /// Eight bytes of zero, the number 0 in every dtype; never written.
  nonisolated(unsafe) private static let zero: UnsafeRawPointer = {
    let bytes = UnsafeMutableRawPointer.allocate(byteCount: 8, alignment: 8)
    bytes.storeBytes(of: 0, as: UInt64.self)
    return UnsafeRawPointer(bytes)
  }()
}
