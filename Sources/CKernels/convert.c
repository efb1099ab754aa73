// Conversion between all pairs of element types, and iota.
#include "include/ck_convert.h"

#include "elementwise.h"

// To an integer: truncated, saturated, NaN as 0. The bounds are the floats next to the integer
// type's ends: at or beyond them the result is the end itself.
#define CK_SATURATE(FROM, C, TO, LEAST, MOST, BELOW, ABOVE)                  \
  CK_INLINE ck_t_##TO saturate_##FROM##_##TO(C x) {                          \
    return x != x ? 0 : x <= BELOW ? LEAST : x >= ABOVE ? MOST : (ck_t_##TO)x; \
  }
#define CK_SATURATES(FROM, C)                                                            \
  CK_SATURATE(FROM, C, u8, 0, UINT8_MAX, (C)-1, (C)0x1p8)                                 \
  CK_SATURATE(FROM, C, u16, 0, UINT16_MAX, (C)-1, (C)0x1p16)                              \
  CK_SATURATE(FROM, C, u32, 0, UINT32_MAX, (C)-1, (C)0x1p32)                              \
  CK_SATURATE(FROM, C, u64, 0, UINT64_MAX, (C)-1, (C)0x1p64)                              \
  CK_SATURATE(FROM, C, i8, INT8_MIN, INT8_MAX, (C)-0x1p7, (C)0x1p7)                       \
  CK_SATURATE(FROM, C, i16, INT16_MIN, INT16_MAX, (C)-0x1p15, (C)0x1p15)                  \
  CK_SATURATE(FROM, C, i32, INT32_MIN, INT32_MAX, (C)-0x1p31, (C)0x1p31)                  \
  CK_SATURATE(FROM, C, i64, INT64_MIN, INT64_MAX, (C)-0x1p63, (C)0x1p63)
CK_SATURATES(f32, float)
CK_SATURATES(f64, double)

// float64 to float32 by rounding to odd: where inexact, the last bit is set. A second rounding, to
// a half precision, then gives what one rounding would (Boldo and Melquiond, 2008).
CK_INLINE float round_to_odd(double x) {
  float near = (float)x;
  uint32_t bits = ck_bits_f32(near);
  uint32_t towards_zero =
      __builtin_elementwise_abs((double)near) > __builtin_elementwise_abs(x) ? bits - 1 : bits;
  return (double)near == x || x != x ? near : ck_f32_bits(towards_zero | 1);
}

#define CK_PLAIN_PAIR(TO, FROM) \
  CK_INLINE ck_t_##TO convert_##FROM##_##TO(ck_t_##FROM x) { return (ck_t_##TO)x; }
#define CK_SATURATING_PAIR(TO, FROM) \
  CK_INLINE ck_t_##TO convert_##FROM##_##TO(ck_t_##FROM x) { return saturate_##FROM##_##TO(x); }
#define CK_WIDENED_PAIR(TO, FROM)                              \
  CK_INLINE ck_t_##TO convert_##FROM##_##TO(ck_t_##FROM x) {   \
    return convert_f32_##TO(ck_widen_##FROM(x));               \
  }
#define CK_NARROWED_PAIR(TO, FROM)                             \
  CK_INLINE ck_t_##TO convert_##FROM##_##TO(ck_t_##FROM x) {   \
    return ck_narrow_##TO((float)x);                           \
  }
#define CK_TO_BOOL(FROM, _) \
  CK_INLINE ck_t_bool convert_##FROM##_bool(ck_t_##FROM x) { return x != 0; }

#define CK_FROM_INTEGER(FROM, _)          \
  CK_FOR_INT(CK_PLAIN_PAIR, FROM)         \
  CK_FOR_WIDE(CK_PLAIN_PAIR, FROM)        \
  CK_FOR_HALF(CK_NARROWED_PAIR, FROM)     \
  CK_TO_BOOL(FROM, )
CK_FROM_INTEGER(bool, )
CK_FROM_INTEGER(u8, )
CK_FROM_INTEGER(u16, )
CK_FROM_INTEGER(u32, )
CK_FROM_INTEGER(u64, )
CK_FROM_INTEGER(i8, )
CK_FROM_INTEGER(i16, )
CK_FROM_INTEGER(i32, )
CK_FROM_INTEGER(i64, )

CK_FOR_INT(CK_SATURATING_PAIR, f32)
CK_FOR_WIDE(CK_PLAIN_PAIR, f32)
CK_FOR_HALF(CK_NARROWED_PAIR, f32)
CK_TO_BOOL(f32, )

CK_FOR_INT(CK_SATURATING_PAIR, f64)
CK_FOR_WIDE(CK_PLAIN_PAIR, f64)
CK_TO_BOOL(f64, )
#define CK_ODD_PAIR(TO, _) \
  CK_INLINE uint16_t convert_f64_##TO(double x) { return ck_narrow_##TO(round_to_odd(x)); }
CK_FOR_HALF(CK_ODD_PAIR, )

CK_FOR_ALL(CK_WIDENED_PAIR, f16)
CK_FOR_ALL(CK_WIDENED_PAIR, bf16)

#define CK_CONVERT_KERNEL(TO, FROM)                                                      \
  enum { lanes_##FROM##_##TO = (int)ck_lanes_##FROM < (int)ck_lanes_##TO                 \
                                   ? (int)ck_lanes_##FROM : (int)ck_lanes_##TO };        \
  CK_UNARY_LOOP(convert_##FROM##_##TO##_kernel, ck_t_##FROM, ck_t_##TO,                  \
                lanes_##FROM##_##TO, convert_##FROM##_##TO, CK_VECTORIZE)
#define CK_CONVERT_NAME(TO, FROM) [ck_dtype_##TO] = convert_##FROM##_##TO##_kernel,
#define CK_CONVERT_FROM(FROM) \
  CK_FOR_ALL(CK_CONVERT_KERNEL, FROM) \
  static const ck_unary_fn from_##FROM[] = {CK_FOR_ALL(CK_CONVERT_NAME, FROM)};

CK_CONVERT_FROM(bool)
CK_CONVERT_FROM(u8)
CK_CONVERT_FROM(u16)
CK_CONVERT_FROM(u32)
CK_CONVERT_FROM(u64)
CK_CONVERT_FROM(i8)
CK_CONVERT_FROM(i16)
CK_CONVERT_FROM(i32)
CK_CONVERT_FROM(i64)
CK_CONVERT_FROM(f16)
CK_CONVERT_FROM(bf16)
CK_CONVERT_FROM(f32)
CK_CONVERT_FROM(f64)

ck_unary_fn ck_convert(ck_dtype from, ck_dtype to) {
#define CK_ROW(S, _) [ck_dtype_##S] = from_##S,
  static const ck_unary_fn *const rows[] = {CK_FOR_ALL(CK_ROW, )};
  if (from < 0 || from > CK_F64 || to < 0 || to > CK_F64) return NULL;
  return rows[from][to];
}

#define CK_IOTA(S, _)                                                          \
  CK_CLONES static void iota_##S##_kernel(void *y, size_t n, int64_t start) {  \
    ck_t_##S *r = y;                                                           \
    for (size_t i = 0; i < n; i++) {                                           \
      r[i] = convert_i64_##S((int64_t)((uint64_t)start + i));                  \
    }                                                                          \
  }
CK_FOR_NUMBER(CK_IOTA, )
CK_LOOKUP(iota, iota, CK_FOR_NUMBER)
