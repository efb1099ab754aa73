// Arithmetic, comparisons, reductions and scans of complex numbers.
#include "complex.h"

#include <math.h>

#include "include/ck_complex.h"
#include "include/ck_convert.h"

// Each of RE and IM may use a[0], a[1], b[0] and b[1].
#define CK_PAIR(S, R, OP, RE, IM)                                   \
  CK_INLINE void OP##_##S(const R *a, const R *b, R *r) {           \
    R re = RE, im = IM;                                             \
    r[0] = re;                                                      \
    r[1] = im;                                                      \
  }
#define CK_PAIRS(OP, RE, IM)      \
  CK_PAIR(c64, float, OP, RE, IM) \
  CK_PAIR(c128, double, OP, RE, IM)

CK_PAIRS(add, a[0] + b[0], a[1] + b[1])
CK_PAIRS(sub, a[0] - b[0], a[1] - b[1])
CK_PAIRS(mul, a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0])
CK_COMPLEX_BINARY(add, CK_VECTORIZE)
CK_COMPLEX_LOOKUP(binary, add)
CK_COMPLEX_BINARY(sub, CK_VECTORIZE)
CK_COMPLEX_LOOKUP(binary, sub)
CK_COMPLEX_BINARY(mul, CK_VECTORIZE)
CK_COMPLEX_LOOKUP(binary, mul)

// Division as in annex G of C, which XLA follows: the divisor is scaled, and quotients that come
// out as NaN for infinite or zero operands are put right.
CK_INLINE void divide(double a, double b, double c, double d, double *re, double *im) {
  double largest = fmax(fabs(c), fabs(d));
  int exponent = 0;
  if (largest > 0 && largest < INFINITY) {
    exponent = ilogb(largest);
    c = scalbn(c, -exponent);
    d = scalbn(d, -exponent);
  }
  double norm = c * c + d * d;
  double x = scalbn((a * c + b * d) / norm, -exponent);
  double y = scalbn((b * c - a * d) / norm, -exponent);
  if (x != x && y != y) {
    if (norm == 0 && (a == a || b == b)) {
      x = copysign(INFINITY, c) * a;
      y = copysign(INFINITY, c) * b;
    } else if ((isinf(a) || isinf(b)) && isfinite(c) && isfinite(d)) {
      a = copysign(isinf(a) ? 1 : 0, a);
      b = copysign(isinf(b) ? 1 : 0, b);
      x = INFINITY * (a * c + b * d);
      y = INFINITY * (b * c - a * d);
    } else if (isinf(largest) && isfinite(a) && isfinite(b)) {
      c = copysign(isinf(c) ? 1 : 0, c);
      d = copysign(isinf(d) ? 1 : 0, d);
      x = 0 * (a * c + b * d);
      y = 0 * (b * c - a * d);
    }
  }
  *re = x;
  *im = y;
}

#define CK_DEFINE_DIVISION(S, R)                                   \
  CK_INLINE void div_##S(const R *a, const R *b, R *r) {           \
    double re, im;                                                 \
    divide(a[0], a[1], b[0], b[1], &re, &im);                      \
    r[0] = (R)re;                                                  \
    r[1] = (R)im;                                                  \
  }
CK_DEFINE_DIVISION(c64, float)
CK_DEFINE_DIVISION(c128, double)
CK_COMPLEX_BINARY(div, CK_CALLS)
CK_COMPLEX_LOOKUP(binary, div)

// Of one operand. An infinite part makes the magnitude infinite unless the other is NaN, as in XLA.
#define CK_DEFINE_UNARY(S, R, HYPOT)                                \
  CK_INLINE void neg_##S(const R *a, R *r) {                        \
    R re = -a[0], im = -a[1];                                       \
    r[0] = re;                                                      \
    r[1] = im;                                                      \
  }                                                                 \
  CK_INLINE void conj_##S(const R *a, R *r) {                       \
    R re = a[0], im = -a[1];                                        \
    r[0] = re;                                                      \
    r[1] = im;                                                      \
  }                                                                 \
  CK_INLINE R magnitude_##S(const R *a) {                           \
    return a[0] != a[0] || a[1] != a[1] ? (R)NAN : HYPOT(a[0], a[1]); \
  }                                                                 \
  CK_INLINE void abs_##S(const R *a, R *r) { *r = magnitude_##S(a); } \
  CK_INLINE void sign_##S(const R *a, R *r) {                       \
    R size = magnitude_##S(a);                                      \
    R re = size == 0 ? a[0] : a[0] / size, im = size == 0 ? a[1] : a[1] / size; \
    r[0] = re;                                                      \
    r[1] = im;                                                      \
  }
CK_DEFINE_UNARY(c64, float, hypotf)
CK_DEFINE_UNARY(c128, double, hypot)
CK_COMPLEX_UNARY(neg, 2, CK_VECTORIZE)
CK_COMPLEX_LOOKUP(unary, neg)
CK_COMPLEX_UNARY(abs, 1, CK_CALLS)
CK_COMPLEX_LOOKUP(unary, abs)
CK_COMPLEX_UNARY(sign, 2, CK_CALLS)
CK_COMPLEX_LOOKUP(unary, sign)

// Between complex and real.
#define CK_PARTS(S, R, REAL_DTYPE)                                                             \
  static void real_##S##_kernel(const void *x, ptrdiff_t sx, void *y, size_t n) {              \
    ck_copy(REAL_DTYPE)(x, 2 * sx, y, n);                                                      \
  }                                                                                            \
  static void imag_##S##_kernel(const void *x, ptrdiff_t sx, void *y, size_t n) {              \
    ck_copy(REAL_DTYPE)((const R *)x + 1, 2 * sx, y, n);                                       \
  }                                                                                            \
  static void complex_##S##_kernel(const void *x, ptrdiff_t sx, const void *z, ptrdiff_t sz,   \
                                   void *y, size_t n) {                                        \
    const R *a = x, *b = z;                                                                    \
    R *r = y;                                                                                  \
    for (size_t i = 0; i < n; i++) {                                                           \
      R re = a[(ptrdiff_t)i * sx], im = b[(ptrdiff_t)i * sz];                                  \
      r[2 * i] = re;                                                                           \
      r[2 * i + 1] = im;                                                                       \
    }                                                                                          \
  }
CK_PARTS(c64, float, CK_F32)
CK_PARTS(c128, double, CK_F64)
CK_COMPLEX_UNARY(conj, 2, CK_VECTORIZE)

#define CK_PUBLIC_LOOKUP(KIND, OP)                                                     \
  ck_##KIND##_fn ck_##OP(ck_dtype t) {                                                 \
    return t == CK_C64 ? OP##_c64_kernel : t == CK_C128 ? OP##_c128_kernel : NULL;     \
  }
CK_PUBLIC_LOOKUP(unary, real)
CK_PUBLIC_LOOKUP(unary, imag)
CK_PUBLIC_LOOKUP(binary, complex)
CK_PUBLIC_LOOKUP(unary, conj)

#define CK_COMPLEX_EQUALITY(S, R, OP, TEST)                                               \
  static void OP##_##S##_kernel(const void *x, ptrdiff_t sx, const void *z, ptrdiff_t sz, \
                                void *y, size_t n) {                                      \
    uint8_t *r = y;                                                                       \
    for (size_t i = 0; i < n; i++) {                                                      \
      const R *a = (const R *)x + 2 * (ptrdiff_t)i * sx;                                  \
      const R *b = (const R *)z + 2 * (ptrdiff_t)i * sz;                                  \
      r[i] = TEST;                                                                        \
    }                                                                                     \
  }
#define CK_COMPLEX_EQUALITIES(OP, TEST)         \
  CK_COMPLEX_EQUALITY(c64, float, OP, TEST)     \
  CK_COMPLEX_EQUALITY(c128, double, OP, TEST)   \
  CK_COMPLEX_LOOKUP(binary, OP)
CK_COMPLEX_EQUALITIES(eq, a[0] == b[0] && a[1] == b[1])
CK_COMPLEX_EQUALITIES(ne, a[0] != b[0] || a[1] != b[1])

// Repeated squaring, an element at a time.
#define CK_COMPLEX_INTEGER_POW(S, R)                                                        \
  static void integer_pow_##S##_kernel(const void *x, ptrdiff_t sx, void *y, size_t n,      \
                                       int exponent) {                                      \
    unsigned magnitude = exponent < 0 ? 0u - (unsigned)exponent : (unsigned)exponent;       \
    for (size_t i = 0; i < n; i++) {                                                        \
      const R *a = (const R *)x + 2 * (ptrdiff_t)i * sx;                                    \
      R base[2] = {a[0], a[1]}, power[2] = {1, 0};                                          \
      const R one[2] = {1, 0};                                                              \
      for (unsigned bits = magnitude; bits != 0; bits >>= 1) {                              \
        if (bits & 1) mul_##S(power, base, power);                                          \
        if (bits != 1) mul_##S(base, base, base);                                           \
      }                                                                                     \
      if (exponent < 0) div_##S(one, power, power);                                         \
      memcpy((R *)y + 2 * i, power, sizeof power);                                          \
    }                                                                                       \
  }
CK_COMPLEX_INTEGER_POW(c64, float)
CK_COMPLEX_INTEGER_POW(c128, double)
CK_COMPLEX_LOOKUP(integer_pow, integer_pow)

// A sum over complex numbers is one over columns of the two parts.
#define CK_COMPLEX_SUM(S, R, REAL_DTYPE)                                                         \
  static void reduce_sum_##S##_kernel(const void *x, ptrdiff_t s_reduce, size_t n_reduce,        \
                                      ptrdiff_t s_keep, size_t n_keep, void *y) {                \
    ck_reduce_fn sum = ck_reduce_sum(REAL_DTYPE);                                                \
    if (s_keep == 1) {                                                                           \
      sum(x, 2 * s_reduce, n_reduce, 1, 2 * n_keep, y);                                          \
      return;                                                                                    \
    }                                                                                            \
    for (size_t i = 0; i < n_keep; i++) {                                                        \
      const R *row = (const R *)x + 2 * (ptrdiff_t)i * s_keep;                                   \
      sum(row, 2 * s_reduce, n_reduce, 1, 2, (R *)y + 2 * i);                                    \
    }                                                                                            \
  }                                                                                              \
  static void cumsum_##S##_kernel(const void *x, ptrdiff_t sx, void *y, ptrdiff_t sy, size_t n,  \
                                  int reverse) {                                                 \
    ck_scan_fn scan = ck_cumsum(REAL_DTYPE);                                                     \
    scan(x, 2 * sx, y, 2 * sy, n, reverse);                                                      \
    scan((const R *)x + 1, 2 * sx, (R *)y + 1, 2 * sy, n, reverse);                              \
  }
CK_COMPLEX_SUM(c64, float, CK_F32)
CK_COMPLEX_SUM(c128, double, CK_F64)
CK_COMPLEX_LOOKUP(reduce, reduce_sum)
CK_COMPLEX_LOOKUP(scan, cumsum)

#define CK_COMPLEX_PRODUCT(S, R)                                                                 \
  static void reduce_prod_##S##_kernel(const void *x, ptrdiff_t s_reduce, size_t n_reduce,       \
                                       ptrdiff_t s_keep, size_t n_keep, void *y) {               \
    for (size_t i = 0; i < n_keep; i++) {                                                        \
      const R *row = (const R *)x + 2 * (ptrdiff_t)i * s_keep;                                   \
      R product[2] = {1, 0};                                                                     \
      for (size_t k = 0; k < n_reduce; k++) {                                                    \
        mul_##S(product, row + 2 * (ptrdiff_t)k * s_reduce, product);                            \
      }                                                                                          \
      memcpy((R *)y + 2 * i, product, sizeof product);                                           \
    }                                                                                            \
  }                                                                                              \
  static void cumprod_##S##_kernel(const void *x, ptrdiff_t sx, void *y, ptrdiff_t sy, size_t n, \
                                   int reverse) {                                                \
    R product[2] = {1, 0};                                                                       \
    for (size_t k = 0; k < n; k++) {                                                             \
      ptrdiff_t i = (ptrdiff_t)(reverse ? n - 1 - k : k);                                        \
      const R *a = (const R *)x + 2 * i * sx;                                                    \
      if (k == 0) memcpy(product, a, sizeof product);                                            \
      else mul_##S(product, a, product);                                                         \
      memcpy((R *)y + 2 * i * sy, product, sizeof product);                                      \
    }                                                                                            \
  }
CK_COMPLEX_PRODUCT(c64, float)
CK_COMPLEX_PRODUCT(c128, double)
CK_COMPLEX_LOOKUP(reduce, reduce_prod)
CK_COMPLEX_LOOKUP(scan, cumprod)
