// The loops of elementwise kernels: one for every stride and length.
//
// An operand of stride 1 is read where it lies. If any has another stride, the kernel goes over
// tiles, into which such operands are packed first, so there is a single copy of its arithmetic,
// and a broadcast operand (stride 0) costs one fill a call. What is left over below a vector is
// done by the vectorizer's scalar remainder, which rounds alike.
#ifndef CK_ELEMENTWISE_H
#define CK_ELEMENTWISE_H

#include "half.h"
#include "include/ck_types.h"
#include "level.h"

enum { ck_tile = 256 };

/// Copies m elements of `width` bytes to `tile`.
void ck_pack(const void *x, ptrdiff_t stride, size_t width, void *tile, size_t m);

/// How many elements the next pass takes: all of contiguous operands, else a tile.
CK_INLINE size_t ck_pass(size_t n, int contiguous) {
  return contiguous || n < ck_tile ? n : ck_tile;
}

// The operand for a pass: in place, or packed. A broadcast one is packed on the first pass, which
// is never shorter than a later one.
CK_INLINE const void *ck_operand(const void *x, ptrdiff_t stride, size_t width, void *tile,
                                 size_t m, size_t done) {
  const char *at = (const char *)x + (ptrdiff_t)done * stride * (ptrdiff_t)width;
  if (stride == 1) return at;
  if (stride != 0 || done == 0) ck_pack(at, stride, width, tile, m);
  return tile;
}

// Families of element types: FAMILY(M, ...) is M(S, ...) for each suffix S.
#define CK_FOR_BOOL(M, ...) M(bool, __VA_ARGS__)
#define CK_FOR_UNSIGNED(M, ...) \
  M(u8, __VA_ARGS__) M(u16, __VA_ARGS__) M(u32, __VA_ARGS__) M(u64, __VA_ARGS__)
#define CK_FOR_SIGNED(M, ...) \
  M(i8, __VA_ARGS__) M(i16, __VA_ARGS__) M(i32, __VA_ARGS__) M(i64, __VA_ARGS__)
#define CK_FOR_HALF(M, ...) M(f16, __VA_ARGS__) M(bf16, __VA_ARGS__)
#define CK_FOR_WIDE(M, ...) M(f32, __VA_ARGS__) M(f64, __VA_ARGS__)
#define CK_FOR_F32(M, ...) M(f32, __VA_ARGS__)
#define CK_FOR_FLOAT(M, ...) CK_FOR_HALF(M, __VA_ARGS__) CK_FOR_WIDE(M, __VA_ARGS__)
#define CK_FOR_INT(M, ...) CK_FOR_UNSIGNED(M, __VA_ARGS__) CK_FOR_SIGNED(M, __VA_ARGS__)
#define CK_FOR_BITS(M, ...) CK_FOR_BOOL(M, __VA_ARGS__) CK_FOR_INT(M, __VA_ARGS__)
#define CK_FOR_NUMBER(M, ...) CK_FOR_INT(M, __VA_ARGS__) CK_FOR_FLOAT(M, __VA_ARGS__)
#define CK_FOR_SIGNED_NUMBER(M, ...) CK_FOR_SIGNED(M, __VA_ARGS__) CK_FOR_FLOAT(M, __VA_ARGS__)
#define CK_FOR_ALL(M, ...) CK_FOR_BOOL(M, __VA_ARGS__) CK_FOR_NUMBER(M, __VA_ARGS__)

// For each suffix: the dtype, the element as stored, a type in which integers wrap (no promotion
// to int, whose overflow is undefined), and how many elements a 64-byte register computes on (half
// precisions as float32), and whether a repeated operand has a loop that keeps it in a register.
#define CK_ELEMENT(S, DTYPE, T, W, LANES) \
  typedef T ck_t_##S;                     \
  typedef W ck_w_##S;                     \
  enum { ck_dtype_##S = DTYPE, ck_lanes_##S = LANES, ck_keeps_##S = DTYPE == CK_F32 };
CK_ELEMENT(bool, CK_BOOL, uint8_t, uint32_t, 64)
CK_ELEMENT(u8, CK_U8, uint8_t, uint32_t, 64)
CK_ELEMENT(u16, CK_U16, uint16_t, uint32_t, 32)
CK_ELEMENT(u32, CK_U32, uint32_t, uint32_t, 16)
CK_ELEMENT(u64, CK_U64, uint64_t, uint64_t, 8)
CK_ELEMENT(i8, CK_I8, int8_t, uint32_t, 64)
CK_ELEMENT(i16, CK_I16, int16_t, uint32_t, 32)
CK_ELEMENT(i32, CK_I32, int32_t, uint32_t, 16)
CK_ELEMENT(i64, CK_I64, int64_t, uint64_t, 8)
CK_ELEMENT(f16, CK_F16, uint16_t, uint32_t, 16)
CK_ELEMENT(bf16, CK_BF16, uint16_t, uint32_t, 16)
CK_ELEMENT(f32, CK_F32, float, float, 16)
CK_ELEMENT(f64, CK_F64, double, double, 8)
#undef CK_ELEMENT

// An operation is a set of scalar functions op_S over stored elements. These make the half
// precisions' out of the one of float32, with one rounding.
#define CK_HALF_UNARY(OP) CK_FOR_HALF(CK_HALF_UNARY_ONE, OP)
#define CK_HALF_UNARY_ONE(S, OP) \
  CK_INLINE uint16_t OP##_##S(uint16_t x) { return ck_narrow_##S(OP##_f32(ck_widen_##S(x))); }

#define CK_HALF_BINARY(OP) CK_FOR_HALF(CK_HALF_BINARY_ONE, OP)
#define CK_HALF_BINARY_ONE(S, OP)                                   \
  CK_INLINE uint16_t OP##_##S(uint16_t a, uint16_t b) {             \
    return ck_narrow_##S(OP##_f32(ck_widen_##S(a), ck_widen_##S(b))); \
  }

#define CK_HALF_TERNARY(OP) CK_FOR_HALF(CK_HALF_TERNARY_ONE, OP)
#define CK_HALF_TERNARY_ONE(S, OP)                                                     \
  CK_INLINE uint16_t OP##_##S(uint16_t a, uint16_t b, uint16_t c) {                    \
    return ck_narrow_##S(OP##_f32(ck_widen_##S(a), ck_widen_##S(b), ck_widen_##S(c))); \
  }

// Kernels over op_S: operands of type S, results of type R. HINT is CK_VECTORIZE, or CK_CALLS for
// functions that call the C library, which no vectorizer can do anything about.
#define CK_CALLS(lanes)

#define CK_UNARY_KERNEL(S, OP, R, HINT) \
  CK_UNARY_LOOP(OP##_##S##_kernel, ck_t_##S, R, ck_lanes_##S, OP##_##S, HINT)
#define CK_UNARY_LOOP(NAME, X, R, LANES, F, HINT)                               \
  CK_CLONES static void NAME(const void *x, ptrdiff_t sx, void *y, size_t n) {  \
    X xs[ck_tile];                                                              \
    for (size_t done = 0; done < n;) {                                          \
      size_t m = ck_pass(n - done, sx == 1);                                    \
      const X *a = ck_operand(x, sx, sizeof(X), xs, m, done);                   \
      R *r = (R *)y + done;                                                     \
      HINT(LANES)                                                               \
      for (size_t i = 0; i < m; i++) r[i] = F(a[i]);                            \
      done += m;                                                                \
    }                                                                           \
  }

#define CK_BINARY_KERNEL(S, OP, R, HINT)                                                       \
  CK_CLONES static void OP##_##S##_kernel(const void *x, ptrdiff_t sx, const void *z,          \
                                          ptrdiff_t sz, void *y, size_t n) {                   \
    ck_t_##S xs[ck_tile], zs[ck_tile];                                                         \
    if (ck_keeps_##S && sx == 1 && sz == 0) {                                                  \
      const ck_t_##S *a = x, b = *(const ck_t_##S *)z;                                         \
      R *r = y;                                                                                \
      HINT(ck_lanes_##S)                                                                       \
      for (size_t i = 0; i < n; i++) r[i] = OP##_##S(a[i], b);                                 \
      return;                                                                                  \
    }                                                                                          \
    if (ck_keeps_##S && sx == 0 && sz == 1) {                                                  \
      const ck_t_##S a = *(const ck_t_##S *)x, *b = z;                                         \
      R *r = y;                                                                                \
      HINT(ck_lanes_##S)                                                                       \
      for (size_t i = 0; i < n; i++) r[i] = OP##_##S(a, b[i]);                                 \
      return;                                                                                  \
    }                                                                                          \
    for (size_t done = 0; done < n;) {                                                         \
      size_t m = ck_pass(n - done, sx == 1 && sz == 1);                                        \
      const ck_t_##S *a = ck_operand(x, sx, sizeof(ck_t_##S), xs, m, done);                    \
      const ck_t_##S *b = ck_operand(z, sz, sizeof(ck_t_##S), zs, m, done);                    \
      R *r = (R *)y + done;                                                                    \
      HINT(ck_lanes_##S)                                                                       \
      for (size_t i = 0; i < m; i++) r[i] = OP##_##S(a[i], b[i]);                              \
      done += m;                                                                               \
    }                                                                                          \
  }

// P is the type of the first operand.
#define CK_TERNARY_KERNEL(S, OP, P, HINT)                                                      \
  CK_CLONES static void OP##_##S##_kernel(const void *p, ptrdiff_t sp, const void *x,          \
                                          ptrdiff_t sx, const void *z, ptrdiff_t sz, void *y,  \
                                          size_t n) {                                          \
    P ps[ck_tile];                                                                             \
    ck_t_##S xs[ck_tile], zs[ck_tile];                                                         \
    for (size_t done = 0; done < n;) {                                                         \
      size_t m = ck_pass(n - done, sp == 1 && sx == 1 && sz == 1);                             \
      const P *o = ck_operand(p, sp, sizeof(P), ps, m, done);                                  \
      const ck_t_##S *a = ck_operand(x, sx, sizeof(ck_t_##S), xs, m, done);                    \
      const ck_t_##S *b = ck_operand(z, sz, sizeof(ck_t_##S), zs, m, done);                    \
      ck_t_##S *r = (ck_t_##S *)y + done;                                                      \
      HINT(ck_lanes_##S)                                                                       \
      for (size_t i = 0; i < m; i++) r[i] = OP##_##S(o[i], a[i], b[i]);                        \
      done += m;                                                                               \
    }                                                                                          \
  }

// The public lookup of an operation over a family of types.
#define CK_CASE(S, OP) \
  case ck_dtype_##S: return OP##_##S##_kernel;
#define CK_LOOKUP(KIND, OP, FAMILY)      \
  ck_##KIND##_fn ck_##OP(ck_dtype t) {   \
    switch (t) {                         \
      FAMILY(CK_CASE, OP)                \
      default: return NULL;              \
    }                                    \
  }

#define CK_UNARY_SAME(S, OP, HINT) CK_UNARY_KERNEL(S, OP, ck_t_##S, HINT)
#define CK_BINARY_SAME(S, OP, HINT) CK_BINARY_KERNEL(S, OP, ck_t_##S, HINT)
#define CK_TERNARY_SAME(S, OP, HINT) CK_TERNARY_KERNEL(S, OP, ck_t_##S, HINT)

#define CK_UNARY(OP, FAMILY, HINT) FAMILY(CK_UNARY_SAME, OP, HINT) CK_LOOKUP(unary, OP, FAMILY)
#define CK_BINARY(OP, FAMILY, HINT) FAMILY(CK_BINARY_SAME, OP, HINT) CK_LOOKUP(binary, OP, FAMILY)
#define CK_TERNARY(OP, FAMILY, HINT) \
  FAMILY(CK_TERNARY_SAME, OP, HINT) CK_LOOKUP(ternary, OP, FAMILY)

// Results of one byte, 0 or 1.
#define CK_TEST(OP, FAMILY) \
  FAMILY(CK_UNARY_KERNEL, OP, uint8_t, CK_VECTORIZE) CK_LOOKUP(unary, OP, FAMILY)

#endif
