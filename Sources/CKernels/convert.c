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

// To a complex type: as its real type into a tile, then spread with zeros between.
#define CK_COMPLEX_FROM(FROM, TO, R, REAL)                                                    \
  static void convert_##FROM##_##TO##_kernel(const void *x, ptrdiff_t sx, void *y, size_t n) { \
    R tile[ck_tile], *r = y;                                                                  \
    for (size_t done = 0; done < n; done += ck_tile) {                                        \
      size_t m = n - done < ck_tile ? n - done : ck_tile;                                     \
      const ck_t_##FROM *a = (const ck_t_##FROM *)x + (ptrdiff_t)done * sx;                   \
      CK_REAL_##REAL(FROM)(a, sx, tile, m);                                                   \
      for (size_t i = 0; i < m; i++) {                                                        \
        r[2 * (done + i)] = tile[i];                                                          \
        r[2 * (done + i) + 1] = 0;                                                            \
      }                                                                                       \
    }                                                                                         \
  }
#define CK_REAL_f32(FROM) convert_##FROM##_f32_kernel
#define CK_REAL_f64(FROM) convert_##FROM##_f64_kernel
CK_FOR_ALL(CK_COMPLEX_FROM, c64, float, f32)
CK_FOR_ALL(CK_COMPLEX_FROM, c128, double, f64)

// From a complex type to a real one: of the real parts, which lie twice as far apart. To bool: is
// either part not 0.
#define CK_COMPLEX_TO(TO, FROM, REAL)                                                           \
  static void convert_##FROM##_##TO##_kernel(const void *x, ptrdiff_t sx, void *y, size_t n) { \
    convert_##REAL##_##TO##_kernel(x, 2 * sx, y, n);                                            \
  }
CK_FOR_NUMBER(CK_COMPLEX_TO, c64, f32)
CK_FOR_NUMBER(CK_COMPLEX_TO, c128, f64)
#define CK_COMPLEX_TO_BOOL(FROM, R)                                                             \
  static void convert_##FROM##_bool_kernel(const void *x, ptrdiff_t sx, void *y, size_t n) {    \
    for (size_t i = 0; i < n; i++) {                                                            \
      const R *a = (const R *)x + 2 * (ptrdiff_t)i * sx;                                        \
      ((uint8_t *)y)[i] = a[0] != 0 || a[1] != 0;                                               \
    }                                                                                           \
  }
CK_COMPLEX_TO_BOOL(c64, float)
CK_COMPLEX_TO_BOOL(c128, double)

#define CK_COMPLEX_WIDTH(FROM, A, TO, R)                                                        \
  static void convert_##FROM##_##TO##_kernel(const void *x, ptrdiff_t sx, void *y, size_t n) {  \
    for (size_t i = 0; i < n; i++) {                                                            \
      const A *a = (const A *)x + 2 * (ptrdiff_t)i * sx;                                        \
      R re = (R)a[0], im = (R)a[1];                                                             \
      ((R *)y)[2 * i] = re;                                                                     \
      ((R *)y)[2 * i + 1] = im;                                                                 \
    }                                                                                           \
  }
CK_COMPLEX_WIDTH(c64, float, c128, double)
CK_COMPLEX_WIDTH(c128, double, c64, float)

ck_unary_fn ck_convert(ck_dtype from, ck_dtype to) {
#define CK_ROW(S, _) [ck_dtype_##S] = from_##S,
#define CK_COMPLEX_ROW(S, TO) [ck_dtype_##S] = convert_##S##_##TO##_kernel,
  static const ck_unary_fn *const rows[] = {CK_FOR_ALL(CK_ROW, )};
  static const ck_unary_fn to_c64[] = {CK_FOR_ALL(CK_COMPLEX_ROW, c64)
                                       [CK_C128] = convert_c128_c64_kernel};
  static const ck_unary_fn to_c128[] = {CK_FOR_ALL(CK_COMPLEX_ROW, c128)
                                        [CK_C64] = convert_c64_c128_kernel};
  static const ck_unary_fn from_c64[] = {CK_FOR_ALL(CK_CONVERT_NAME, c64)};
  static const ck_unary_fn from_c128[] = {CK_FOR_ALL(CK_CONVERT_NAME, c128)};
  if (from < 0 || from > CK_C128 || to < 0 || to > CK_C128) return NULL;
  if (from == to) return ck_copy(from);
  if (to > CK_F64) return (to == CK_C64 ? to_c64 : to_c128)[from];
  if (from > CK_F64) return (from == CK_C64 ? from_c64 : from_c128)[to];
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

#define CK_COMPLEX_IOTA(S, R)                                       \
  static void iota_##S##_kernel(void *y, size_t n, int64_t start) { \
    for (size_t i = 0; i < n; i++) {                                \
      ((R *)y)[2 * i] = (R)(int64_t)((uint64_t)start + i);          \
      ((R *)y)[2 * i + 1] = 0;                                      \
    }                                                               \
  }
CK_COMPLEX_IOTA(c64, float)
CK_COMPLEX_IOTA(c128, double)

ck_iota_fn ck_iota(ck_dtype t) {
  switch (t) {
    CK_FOR_NUMBER(CK_CASE, iota)
    case CK_C64: return iota_c64_kernel;
    case CK_C128: return iota_c128_kernel;
    default: return NULL;
  }
}
