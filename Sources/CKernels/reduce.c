// Sums, products, extremes and bitwise reductions.
#include "reduce.h"

#include "complex.h"

typedef float vector_f32 __attribute__((ext_vector_type(16), aligned(4)));
typedef double vector_f64 __attribute__((ext_vector_type(8), aligned(8)));

#define CK_PLUS(a, b) ((a) + (b))
#define CK_TIMES(a, b) ((a) * (b))
#define CK_AND(a, b) ((a) & (b))
#define CK_OR(a, b) ((a) | (b))

// Floats combine in a written order: four vectors over the block, a tree over the four, then the
// upper half of the vector onto the lower until one element is left. What is short of a vector is
// padded with the identity.
#define CK_FOLD_f32(v, F) \
  (__extension__({                                                          \
    __typeof__(v.lo) v8 = F(v.lo, v.hi);                                    \
    __typeof__(v8.lo) v4 = F(v8.lo, v8.hi);                                 \
    __typeof__(v4.lo) v2 = F(v4.lo, v4.hi);                                 \
    F(v2.x, v2.y);                                                          \
  }))
#define CK_FOLD_f64(v, F) \
  (__extension__({                                                          \
    __typeof__(v.lo) v4 = F(v.lo, v.hi);                                    \
    __typeof__(v4.lo) v2 = F(v4.lo, v4.hi);                                 \
    F(v2.x, v2.y);                                                          \
  }))
// Copies n < 16 elements in pieces of fixed size, for which the compiler needs no call.
CK_INLINE void copy_rest(void *y, const void *x, size_t n, size_t width) {
  char *to = y;
  const char *from = x;
  if (n & 8) memcpy(to, from, 8 * width), to += 8 * width, from += 8 * width;
  if (n & 4) memcpy(to, from, 4 * width), to += 4 * width, from += 4 * width;
  if (n & 2) memcpy(to, from, 2 * width), to += 2 * width, from += 2 * width;
  if (n & 1) memcpy(to, from, width);
}

#define CK_FLOAT_BLOCK(S, OP, IDENTITY, F)                                    \
  CK_INLINE ck_t_##S OP##_##S##_block(const ck_t_##S *x, size_t n) {          \
    enum { lanes = ck_lanes_##S };                                            \
    vector_##S a = IDENTITY, b = a, c = a, d = a;                             \
    const vector_##S *v = (const vector_##S *)x;                              \
    size_t i = 0;                                                             \
    for (; i + 4 * lanes <= n; i += 4 * lanes, v += 4) {                      \
      a = F(a, v[0]);                                                         \
      b = F(b, v[1]);                                                         \
      c = F(c, v[2]);                                                         \
      d = F(d, v[3]);                                                         \
    }                                                                         \
    if (i + 2 * lanes <= n) {                                                 \
      a = F(a, v[0]);                                                         \
      b = F(b, v[1]);                                                         \
      i += 2 * lanes;                                                         \
      v += 2;                                                                 \
    }                                                                         \
    if (i + lanes <= n) {                                                     \
      c = F(c, v[0]);                                                         \
      i += lanes;                                                             \
    }                                                                         \
    if (i < n) {                                                              \
      vector_##S rest = IDENTITY;                                             \
      copy_rest(&rest, x + i, n - i, sizeof *x);                              \
      d = F(d, rest);                                                         \
    }                                                                         \
    vector_##S ab = F(a, b), cd = F(c, d), all = F(ab, cd);                   \
    return CK_FOLD_##S(all, F);                                               \
  }

// The largest or smallest: a bare comparison, which drops NaN, while one comparison for two vectors
// watches for it; half the instructions of a maximum that passes NaN on.
typedef int32_t mask_f32 __attribute__((ext_vector_type(16)));
typedef int64_t mask_f64 __attribute__((ext_vector_type(8)));
#define CK_GREATER(a, b) ((a) > (b) ? (a) : (b))
#define CK_LESS(a, b) ((a) < (b) ? (a) : (b))
#define CK_EXTREME_BLOCK(S, OP, IDENTITY, F)                                  \
  CK_INLINE ck_t_##S OP##_##S##_block(const ck_t_##S *x, size_t n) {          \
    enum { lanes = ck_lanes_##S };                                            \
    vector_##S a = IDENTITY, b = a, rest = a;                                 \
    mask_##S ordered = -1;                                                    \
    const vector_##S *v = (const vector_##S *)x;                              \
    size_t i = 0;                                                             \
    for (; i + 2 * lanes <= n; i += 2 * lanes, v += 2) {                      \
      a = F(v[0], a);                                                         \
      b = F(v[1], b);                                                         \
      ordered &= (v[0] == v[0]) & (v[1] == v[1]);                             \
    }                                                                         \
    if (i + lanes <= n) {                                                     \
      a = F(v[0], a);                                                         \
      ordered &= v[0] == v[0];                                                \
      i += lanes;                                                             \
    }                                                                         \
    if (i < n) {                                                              \
      copy_rest(&rest, x + i, n - i, sizeof *x);                              \
      b = F(rest, b);                                                         \
      ordered &= rest == rest;                                                \
    }                                                                         \
    vector_##S all = F(a, b);                                                 \
    ck_t_##S value = CK_FOLD_##S(all, F);                                     \
    return __builtin_reduce_and(ordered) ? value : (ck_t_##S)__builtin_nan(""); \
  }

// BLOCK makes op_f32_block and op_f64_block with B; elsewhere values combine by F.
#define CK_REDUCE_FLOAT(OP, IDENTITY, F, BLOCK, B)                                                \
  BLOCK(f32, OP, IDENTITY, B)                                                                     \
  BLOCK(f64, OP, IDENTITY, B)                                                                     \
  CK_REDUCE(CK_CLONES, OP##_f16_kernel, uint16_t, float, 16, IDENTITY, ck_widen_f16,              \
            ck_narrow_f16, F, OP##_f32_block, 1)                                                  \
  CK_REDUCE(CK_CLONES, OP##_bf16_kernel, uint16_t, float, 16, IDENTITY, ck_widen_bf16,            \
            ck_narrow_bf16, F, OP##_f32_block, 1)                                                 \
  CK_REDUCE(CK_CLONES, OP##_f32_kernel, float, float, 16, IDENTITY, , , F, OP##_f32_block, 0)     \
  CK_REDUCE(CK_CLONES, OP##_f64_kernel, double, double, 8, IDENTITY, , , F, OP##_f64_block, 0)

// Integers may combine in any order, which the vectorizer chooses. They are rare in a network, and
// compiled for the lowest level only.
#define CK_REDUCE_INTEGER(S, OP, IDENTITY, F)                                                     \
  CK_INLINE ck_t_##S OP##_##S##_block(const ck_t_##S *x, size_t n) {                              \
    ck_t_##S value = IDENTITY;                                                                    \
    for (size_t i = 0; i < n; i++) value = (ck_t_##S)F(value, x[i]);                              \
    return value;                                                                                 \
  }                                                                                               \
  CK_REDUCE(, OP##_##S##_kernel, ck_t_##S, ck_t_##S, ck_lanes_##S, IDENTITY, , , F,               \
            OP##_##S##_block, 0)

CK_REDUCE_FLOAT(reduce_sum, 0, CK_PLUS, CK_FLOAT_BLOCK, CK_PLUS)
CK_FOR_UNSIGNED(CK_REDUCE_INTEGER, reduce_sum, 0, CK_PLUS)
CK_REDUCE_FLOAT(reduce_prod, 1, CK_TIMES, CK_FLOAT_BLOCK, CK_TIMES)
// uint16_t products promote to int and could overflow it.
#define CK_TIMES_UNSIGNED(a, b) (1u * (a) * (b))
CK_FOR_UNSIGNED(CK_REDUCE_INTEGER, reduce_prod, 1, CK_TIMES_UNSIGNED)

CK_REDUCE_FLOAT(reduce_max, -__builtin_inff(), __builtin_elementwise_maximum, CK_EXTREME_BLOCK,
                CK_GREATER)
CK_REDUCE_INTEGER(u8, reduce_max, 0, __builtin_elementwise_max)
CK_REDUCE_INTEGER(u16, reduce_max, 0, __builtin_elementwise_max)
CK_REDUCE_INTEGER(u32, reduce_max, 0, __builtin_elementwise_max)
CK_REDUCE_INTEGER(u64, reduce_max, 0, __builtin_elementwise_max)
CK_REDUCE_INTEGER(i8, reduce_max, INT8_MIN, __builtin_elementwise_max)
CK_REDUCE_INTEGER(i16, reduce_max, INT16_MIN, __builtin_elementwise_max)
CK_REDUCE_INTEGER(i32, reduce_max, INT32_MIN, __builtin_elementwise_max)
CK_REDUCE_INTEGER(i64, reduce_max, INT64_MIN, __builtin_elementwise_max)

CK_REDUCE_FLOAT(reduce_min, __builtin_inff(), __builtin_elementwise_minimum, CK_EXTREME_BLOCK,
                CK_LESS)
CK_REDUCE_INTEGER(bool, reduce_min, 1, __builtin_elementwise_min)
CK_REDUCE_INTEGER(u8, reduce_min, UINT8_MAX, __builtin_elementwise_min)
CK_REDUCE_INTEGER(u16, reduce_min, UINT16_MAX, __builtin_elementwise_min)
CK_REDUCE_INTEGER(u32, reduce_min, UINT32_MAX, __builtin_elementwise_min)
CK_REDUCE_INTEGER(u64, reduce_min, UINT64_MAX, __builtin_elementwise_min)
CK_REDUCE_INTEGER(i8, reduce_min, INT8_MAX, __builtin_elementwise_min)
CK_REDUCE_INTEGER(i16, reduce_min, INT16_MAX, __builtin_elementwise_min)
CK_REDUCE_INTEGER(i32, reduce_min, INT32_MAX, __builtin_elementwise_min)
CK_REDUCE_INTEGER(i64, reduce_min, INT64_MAX, __builtin_elementwise_min)

CK_REDUCE_INTEGER(bool, reduce_and, 1, CK_AND)
CK_REDUCE_INTEGER(u8, reduce_and, UINT8_MAX, CK_AND)
CK_REDUCE_INTEGER(u16, reduce_and, UINT16_MAX, CK_AND)
CK_REDUCE_INTEGER(u32, reduce_and, UINT32_MAX, CK_AND)
CK_REDUCE_INTEGER(u64, reduce_and, UINT64_MAX, CK_AND)
CK_FOR_UNSIGNED(CK_REDUCE_INTEGER, reduce_or, 0, CK_OR)

// Where two types agree in bits, one kernel serves both: wrapping sums and products, and bits.
#define CK_SHARED_CASES(OP)                             \
  case CK_U8: case CK_I8: return OP##_u8_kernel;        \
  case CK_U16: case CK_I16: return OP##_u16_kernel;     \
  case CK_U32: case CK_I32: return OP##_u32_kernel;     \
  case CK_U64: case CK_I64: return OP##_u64_kernel;
#define CK_SUM_LOOKUP(OP)                   \
  ck_reduce_fn ck_##OP(ck_dtype t) {        \
    switch (t) {                            \
      CK_SHARED_CASES(OP)                   \
      CK_FOR_FLOAT(CK_CASE, OP)             \
      default: return ck_complex_##OP(t);   \
    }                                       \
  }
#define CK_BITS_LOOKUP(OP, BOOL)       \
  ck_reduce_fn ck_##OP(ck_dtype t) {   \
    switch (t) {                       \
      case CK_BOOL: return BOOL;       \
      CK_SHARED_CASES(OP)              \
      default: return NULL;            \
    }                                  \
  }
#define CK_EXTREME_LOOKUP(OP, BOOL)    \
  ck_reduce_fn ck_##OP(ck_dtype t) {   \
    switch (t) {                       \
      case CK_BOOL: return BOOL;       \
      CK_FOR_NUMBER(CK_CASE, OP)       \
      default: return NULL;            \
    }                                  \
  }
CK_SUM_LOOKUP(reduce_sum)
CK_SUM_LOOKUP(reduce_prod)
CK_EXTREME_LOOKUP(reduce_max, reduce_max_u8_kernel)
CK_EXTREME_LOOKUP(reduce_min, reduce_min_bool_kernel)
CK_BITS_LOOKUP(reduce_and, reduce_and_bool_kernel)
CK_BITS_LOOKUP(reduce_or, reduce_or_u8_kernel)
