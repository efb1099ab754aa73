import CKernels

/// The product of x and itself. https://openxla.org/stablehlo/generated/chlo
package struct Square: UnaryElementwise {
  package static let name = "square"
  package static let expectedTypes = "a number type"

  package init() {}

  package static func kernel(_ dtype: ck_dtype) -> ck_unary_fn? {
    switch dtype {
    case CK_F32: { x, sx, y, n in ck_mul(CK_F32)?(x, sx, x, sx, y, n) }
    case CK_F64: { x, sx, y, n in ck_mul(CK_F64)?(x, sx, x, sx, y, n) }
    case CK_F16: { x, sx, y, n in ck_mul(CK_F16)?(x, sx, x, sx, y, n) }
    case CK_BF16: { x, sx, y, n in ck_mul(CK_BF16)?(x, sx, x, sx, y, n) }
    case CK_I8: { x, sx, y, n in ck_mul(CK_I8)?(x, sx, x, sx, y, n) }
    case CK_I16: { x, sx, y, n in ck_mul(CK_I16)?(x, sx, x, sx, y, n) }
    case CK_I32: { x, sx, y, n in ck_mul(CK_I32)?(x, sx, x, sx, y, n) }
    case CK_I64: { x, sx, y, n in ck_mul(CK_I64)?(x, sx, x, sx, y, n) }
    case CK_U8: { x, sx, y, n in ck_mul(CK_U8)?(x, sx, x, sx, y, n) }
    case CK_U16: { x, sx, y, n in ck_mul(CK_U16)?(x, sx, x, sx, y, n) }
    case CK_U32: { x, sx, y, n in ck_mul(CK_U32)?(x, sx, x, sx, y, n) }
    case CK_U64: { x, sx, y, n in ck_mul(CK_U64)?(x, sx, x, sx, y, n) }
    case CK_C64: { x, sx, y, n in ck_mul(CK_C64)?(x, sx, x, sx, y, n) }
    case CK_C128: { x, sx, y, n in ck_mul(CK_C128)?(x, sx, x, sx, y, n) }
    default: nil
    }
  }

  package func tangent(_ t: Tensor, x: Tensor, y: Tensor) -> Tensor? { Mul()(t, x * 2) }
}
