// The kernels of complex numbers that the lookups of all types end in, and the loops they share.
#ifndef CK_COMPLEX_KERNELS_H
#define CK_COMPLEX_KERNELS_H

#include "elementwise.h"
#include "include/ck_arithmetic.h"
#include "include/ck_reduce.h"

// As CK_LOOKUP, for an operation that complex numbers have too.
#define CK_LOOKUP_COMPLEX(KIND, OP, FAMILY)      \
  ck_##KIND##_fn ck_##OP(ck_dtype t) {           \
    switch (t) {                                 \
      FAMILY(CK_CASE, OP)                        \
      default: return ck_complex_##OP(t);        \
    }                                            \
  }

// Defines ck_complex_op with the kernels op_c64_kernel and op_c128_kernel.
#define CK_COMPLEX_LOOKUP(KIND, OP)                    \
  ck_##KIND##_fn ck_complex_##OP(ck_dtype t) {         \
    return t == CK_C64    ? OP##_c64_kernel            \
           : t == CK_C128 ? OP##_c128_kernel           \
                          : NULL;                      \
  }

// An operation is a pair of functions op_c64 and op_c128 from addresses of operands to that of the
// result, which may be an operand's. `OUT` is the number of R that a result takes.
#define CK_COMPLEX_UNARY_KERNEL(S, R, OP, OUT, HINT)                                    \
  static void OP##_##S##_kernel(const void *x, ptrdiff_t sx, void *y, size_t n) {       \
    R xs[2 * ck_tile];                                                                  \
    for (size_t done = 0; done < n;) {                                                  \
      size_t m = ck_pass(n - done, sx == 1);                                            \
      const R *a = ck_operand(x, sx, 2 * sizeof(R), xs, m, done);                       \
      R *r = (R *)y + (OUT) * done;                                                     \
      HINT(32 / sizeof(R))                                                              \
      for (size_t i = 0; i < m; i++) OP##_##S(a + 2 * i, r + (OUT) * i);                \
      done += m;                                                                        \
    }                                                                                   \
  }

#define CK_COMPLEX_BINARY_KERNEL(S, R, OP, HINT)                                          \
  static void OP##_##S##_kernel(const void *x, ptrdiff_t sx, const void *z, ptrdiff_t sz, \
                                void *y, size_t n) {                                      \
    R xs[2 * ck_tile], zs[2 * ck_tile];                                                   \
    for (size_t done = 0; done < n;) {                                                    \
      size_t m = ck_pass(n - done, sx == 1 && sz == 1);                                   \
      const R *a = ck_operand(x, sx, 2 * sizeof(R), xs, m, done);                         \
      const R *b = ck_operand(z, sz, 2 * sizeof(R), zs, m, done);                         \
      R *r = (R *)y + 2 * done;                                                           \
      HINT(32 / sizeof(R))                                                                \
      for (size_t i = 0; i < m; i++) OP##_##S(a + 2 * i, b + 2 * i, r + 2 * i);           \
      done += m;                                                                          \
    }                                                                                     \
  }

#define CK_COMPLEX_UNARY(OP, OUT, HINT)                  \
  CK_COMPLEX_UNARY_KERNEL(c64, float, OP, OUT, HINT)     \
  CK_COMPLEX_UNARY_KERNEL(c128, double, OP, OUT, HINT)
#define CK_COMPLEX_BINARY(OP, HINT)                 \
  CK_COMPLEX_BINARY_KERNEL(c64, float, OP, HINT)    \
  CK_COMPLEX_BINARY_KERNEL(c128, double, OP, HINT)

#define CK_DECLARE(KIND, OP) ck_##KIND##_fn ck_complex_##OP(ck_dtype t);
CK_DECLARE(binary, add)
CK_DECLARE(binary, sub)
CK_DECLARE(binary, mul)
CK_DECLARE(binary, div)
CK_DECLARE(binary, pow)
CK_DECLARE(binary, eq)
CK_DECLARE(binary, ne)
CK_DECLARE(unary, neg)
CK_DECLARE(unary, abs)
CK_DECLARE(unary, sign)
CK_DECLARE(integer_pow, integer_pow)
CK_DECLARE(reduce, reduce_sum)
CK_DECLARE(reduce, reduce_prod)
CK_DECLARE(scan, cumsum)
CK_DECLARE(scan, cumprod)
CK_DECLARE(unary, exp)
CK_DECLARE(unary, exp2)
CK_DECLARE(unary, expm1)
CK_DECLARE(unary, log)
CK_DECLARE(unary, log1p)
CK_DECLARE(unary, sqrt)
CK_DECLARE(unary, rsqrt)
CK_DECLARE(unary, sin)
CK_DECLARE(unary, cos)
CK_DECLARE(unary, tan)
CK_DECLARE(unary, asin)
CK_DECLARE(unary, acos)
CK_DECLARE(unary, atan)
CK_DECLARE(unary, sinh)
CK_DECLARE(unary, cosh)
CK_DECLARE(unary, tanh)
CK_DECLARE(unary, asinh)
CK_DECLARE(unary, acosh)
CK_DECLARE(unary, atanh)
CK_DECLARE(unary, logistic)

#endif
