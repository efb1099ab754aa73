// Comparisons and selection.
#include "include/ck_arithmetic.h"

#include "complex.h"

#define CK_DEFINE_COMPARISON(S, OP, SIGN) \
  CK_INLINE uint8_t OP##_##S(ck_t_##S a, ck_t_##S b) { return a SIGN b; }
#define CK_DEFINE_HALF_COMPARISON(S, OP) \
  CK_INLINE uint8_t OP##_##S(uint16_t a, uint16_t b) { \
    return OP##_f32(ck_widen_##S(a), ck_widen_##S(b)); \
  }
#define CK_COMPARE(OP, SIGN)                       \
  CK_FOR_BITS(CK_DEFINE_COMPARISON, OP, SIGN)      \
  CK_FOR_WIDE(CK_DEFINE_COMPARISON, OP, SIGN)      \
  CK_FOR_HALF(CK_DEFINE_HALF_COMPARISON, OP)       \
  CK_FOR_ALL(CK_BINARY_KERNEL, OP, uint8_t, CK_VECTORIZE)
#define CK_EQUALITY(OP, SIGN) CK_COMPARE(OP, SIGN) CK_LOOKUP_COMPLEX(binary, OP, CK_FOR_ALL)
#define CK_ORDER(OP, SIGN) CK_COMPARE(OP, SIGN) CK_LOOKUP(binary, OP, CK_FOR_ALL)

CK_EQUALITY(eq, ==)
CK_EQUALITY(ne, !=)
CK_ORDER(lt, <)
CK_ORDER(le, <=)
CK_ORDER(gt, >)
CK_ORDER(ge, >=)

// Selection moves bits, so one kernel a width serves all types.
#define CK_DEFINE_SELECT(S, _) \
  CK_INLINE ck_t_##S select_##S(uint8_t p, ck_t_##S a, ck_t_##S b) { return p ? a : b; }
CK_FOR_UNSIGNED(CK_DEFINE_SELECT, )
CK_FOR_UNSIGNED(CK_TERNARY_KERNEL, select, uint8_t, CK_VECTORIZE)

static void select_c128_kernel(const void *p, ptrdiff_t sp, const void *x, ptrdiff_t sx,
                               const void *z, ptrdiff_t sz, void *y, size_t n) {
  for (size_t i = 0; i < n; i++) {
    const double *a = (const double *)x + 2 * (ptrdiff_t)i * sx;
    const double *b = (const double *)z + 2 * (ptrdiff_t)i * sz;
    memmove((double *)y + 2 * i, ((const uint8_t *)p)[(ptrdiff_t)i * sp] ? a : b, 16);
  }
}

ck_ternary_fn ck_select(ck_dtype t) {
  switch (t) {
    case CK_BOOL: case CK_U8: case CK_I8: return select_u8_kernel;
    case CK_U16: case CK_I16: case CK_F16: case CK_BF16: return select_u16_kernel;
    case CK_U32: case CK_I32: case CK_F32: return select_u32_kernel;
    case CK_U64: case CK_I64: case CK_F64: case CK_C64: return select_u64_kernel;
    case CK_C128: return select_c128_kernel;
    default: return NULL;
  }
}

// NaN in any of the three gives NaN, as min(max(x, lo), hi) does.
#define CK_DEFINE_CLAMP(S, MAX, MIN)                                    \
  CK_INLINE ck_t_##S clamp_##S(ck_t_##S lo, ck_t_##S x, ck_t_##S hi) {  \
    return MIN(MAX(x, lo), hi);                                         \
  }
CK_FOR_BITS(CK_DEFINE_CLAMP, __builtin_elementwise_max, __builtin_elementwise_min)
CK_FOR_WIDE(CK_DEFINE_CLAMP, __builtin_elementwise_maximum, __builtin_elementwise_minimum)
CK_HALF_TERNARY(clamp)
CK_TERNARY(clamp, CK_FOR_ALL, CK_VECTORIZE)

CK_INLINE float fma_f32(float a, float b, float c) { return ck_fmaf(a, b, c); }
CK_INLINE double fma_f64(double a, double b, double c) { return ck_fmad(a, b, c); }
CK_HALF_TERNARY(fma)
CK_TERNARY(fma, CK_FOR_FLOAT, CK_VECTORIZE)
